// Threads that compute one graph together, node after node.
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct team;

// A member is one thread's view of the node that is being computed. Every member calls the same function for it.
typedef struct {
  int index; // 0 is the caller's own thread
  int size;  // threads of this node
  struct team *team;
  int64_t graph; // a number of its own for each graph
  atomic_long *next; // the node's shared counter, 0 when it begins
} member;

// take hands out the next `count` items of a node's work; the caller stops when the number it gets is past the end.
static inline int64_t take(member *self, int64_t count) {
  return atomic_fetch_add_explicit(self->next, count, memory_order_relaxed);
}

// The items of a node that one member computes: from `first` to before `end`.
struct share {
  int64_t first, end;
};

// share_of divides `count` items evenly: for work of which every piece takes as long.
static inline struct share share_of(int64_t count, const member *self) {
  const int64_t piece = (count + self->size - 1) / self->size, first = self->index * piece, end = first + piece;
  return (struct share){first < count ? first : count, end < count ? end : count};
}

// scratch gives this thread `bytes` bytes aligned to 64; they last until its next call.
void *scratch(member *self, size_t bytes);

// keep gives this thread other memory, which only who asked for it writes: it lasts beyond a node, until more is asked for.
void *keep(member *self, size_t bytes);

// team_shared gives all members the same `bytes` bytes, when all ask for as many; they last for the node.
void *team_shared(member *self, size_t bytes);

// barrier returns when every member has called it; writes before it are seen after it.
void barrier(member *self);
