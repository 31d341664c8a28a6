// What only team.c and the backend see of a team.
#pragma once

#include <pthread.h>

#include "team.h"

#define MOST_THREADS 64

// A word that changes, and how many sleep until it does; on a cache line of its own.
struct signal {
  _Alignas(64) atomic_int word;
  atomic_int sleepers;
};

struct seat {
  struct team *team;
  pthread_t thread;
  int index;
  int first_job;
};

struct room {
  char *data;
  size_t bytes;
};

struct team {
  struct signal job, passed, done;
  _Alignas(64) atomic_int arrived;
  _Alignas(64) atomic_int busy;
  int size, wanted, threads, ended;
  void (*work)(member *, void *);
  void *argument;
  pthread_mutex_t lock;
  atomic_int cores[MOST_THREADS]; // where each member was last seen
  struct room shared;
  struct room rooms[MOST_THREADS], kept[MOST_THREADS];
  int64_t graphs; // that were computed
  struct seat seats[MOST_THREADS];
};

struct team *team_new(void);
void team_free(struct team *team);

// team_resize sets how many threads the next job has; threads are made when a job first needs them.
void team_resize(struct team *team, int size);

// spread moves this thread away from a core on which it saw another member: the system may leave two that take turns
// sleeping on one core, however many are free.
void spread(member *self);

// team_run calls work(member, argument) on every thread of the team, the caller's among them, and returns when all have.
void team_run(struct team *team, void (*work)(member *, void *), void *argument);
