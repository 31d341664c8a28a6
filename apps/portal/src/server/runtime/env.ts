/** isDevelopment says that this is `next dev`; apart from the rest, because the proxy must not read the whole environment. */
export const isDevelopment = process.env.NODE_ENV === 'development';
