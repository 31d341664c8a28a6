/** nextCursor reads the next page of a keyset-paged list. */
export const nextCursor = { getNextPageParam: (page: { nextCursor: string | null }) => page.nextCursor };
