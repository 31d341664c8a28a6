#include "graph.h"

#include <stdlib.h>
#include <string.h>

#include "kernels.h"
#include "matmul.h"
#include "team-internal.h"
#include "weights.h"

// Below this many elements one thread is done sooner than two have met.
enum { WORTH_SHARING = 12 * 1024 };

enum { NODES_BETWEEN_LOOKS = 32 };

static bool is_view(const struct ggml_tensor *node) {
  switch (node->op) {
    case GGML_OP_NONE:
    case GGML_OP_RESHAPE:
    case GGML_OP_VIEW:
    case GGML_OP_PERMUTE:
    case GGML_OP_TRANSPOSE:
      return true;
    default:
      return false;
  }
}

static bool matmul_supported(const struct ggml_tensor *node) {
  const struct ggml_tensor *weight = node->src[0], *from = node->src[1];
  const bool is_float = from->type == GGML_TYPE_F32 && from->nb[0] == sizeof(float) && node->type == GGML_TYPE_F32;
  return is_float && weights_are_ours(weight) && (matmul_packs(weight) || plain_matmul_supported(weight));
}

bool graph_supports(const struct ggml_tensor *node) {
  if (is_view(node)) return true;
  if (node->op == GGML_OP_MUL_MAT) return matmul_supported(node);
  for (int i = 0; i < 10; i++) // what lies in panels is good for products only
    if (node->src[i] != NULL && weights_are_ours(node->src[i]) && matmul_packs(node->src[i])) return false;
  return node->op == GGML_OP_FLASH_ATTN_EXT ? attention_supported(node) : elementwise_supported(node);
}

static int64_t elements(const struct ggml_tensor *tensor) {
  return tensor->ne[0] * tensor->ne[1] * tensor->ne[2] * tensor->ne[3];
}

static void elementwise(const struct ggml_tensor *node, member *self) {
  switch (node->op) {
    case GGML_OP_ADD: add(node, self); break;
    case GGML_OP_MUL: multiply(node, self); break;
    case GGML_OP_RMS_NORM: rms_norm(node, self); break;
    case GGML_OP_ROPE: rope(node, self); break;
    case GGML_OP_GLU: swiglu(node, self); break;
    case GGML_OP_GET_ROWS: get_rows(node, self); break;
    case GGML_OP_SET_ROWS: set_rows(node, self); break;
    case GGML_OP_CPY:
    case GGML_OP_CONT: copy(node, self); break;
    default: abort(); // graph_supports and this list differ
  }
}

// What has been computed since the members last met: nothing, something by the first alone, something by all, or products
// of the activations that are quantised just now.
enum state { MET, ALONE, TOGETHER, PRODUCTS };

struct run {
  struct ggml_cgraph *graph;
  int64_t number;
  atomic_long *counters; // one for each node
};

// A member's way through the graph. All members take the same decisions, so that they meet at the same places.
struct way {
  member *self;
  enum state state;
  const struct ggml_tensor *quantised; // whose values `activations` holds
  struct activations activations;
};

static void meet(struct way *way) {
  if (way->state != MET) barrier(way->self);
  way->state = MET;
}

static void alone(struct way *way, void (*work)(const struct ggml_tensor *, member *), const struct ggml_tensor *node) {
  if (way->state > ALONE) meet(way);
  if (way->self->index == 0) {
    member single = *way->self;
    single.size = 1;
    work(node, &single);
  }
  way->state = ALONE;
}

static void together(struct way *way, void (*work)(const struct ggml_tensor *, member *), const struct ggml_tensor *node) {
  meet(way);
  work(node, way->self);
  way->state = TOGETHER;
}

static void product(struct way *way, const struct ggml_tensor *node) {
  if (!matmul_packs(node->src[0])) {
    together(way, plain_matmul, node);
    return;
  }
  // Products that follow each other with the same activations share nothing that any of them writes.
  if (way->state != PRODUCTS) meet(way);
  if (way->quantised != node->src[1]) {
    meet(way);
    matmul_quantise(node, &way->activations, way->self);
    way->quantised = node->src[1];
    way->state = TOGETHER;
    meet(way);
  }
  matmul(node, &way->activations, way->self);
  way->state = PRODUCTS;
}

static void compute(member *self, void *argument) {
  struct run *run = argument;
  struct way way = {.self = self, .state = MET};
  self->graph = run->number;
  for (int i = 0; i < run->graph->n_nodes; i++) {
    const struct ggml_tensor *node = run->graph->nodes[i];
    if (self->size > 1 && i % NODES_BETWEEN_LOOKS == 0) spread(self);
    if (is_view(node) || !(node->flags & GGML_TENSOR_FLAG_COMPUTE) || elements(node) == 0) continue;
    self->next = &run->counters[i];
    if (node->op == GGML_OP_MUL_MAT) {
      product(&way, node);
    } else if (node->op == GGML_OP_FLASH_ATTN_EXT) {
      way.quantised = NULL; // attention uses the shared memory too
      together(&way, attention, node);
    } else if (self->size == 1 || elements(node) < WORTH_SHARING) {
      alone(&way, elementwise, node);
    } else {
      together(&way, elementwise, node);
    }
  }
}

void graph_compute(struct team *team, struct ggml_cgraph *graph) {
  atomic_long *counters = calloc((size_t)graph->n_nodes, sizeof *counters);
  struct run run = {.graph = graph, .number = ++team->graphs, .counters = counters};
  if (counters == NULL) abort();
  team_run(team, compute, &run);
  free(counters);
}
