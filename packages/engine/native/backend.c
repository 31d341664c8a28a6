// Makes the kernels a ggml backend of the kind ACCEL: llama.cpp asks it first for what a processor computes, and gives the
// rest to ggml's own. Loaded with ggml_backend_load.
#include <stdlib.h>
#include <string.h>

#include "ggml-abi.h"
#include "graph.h"
#include "sampling.h"
#include "team-internal.h"
#include "weights.h"

enum { GGML_BACKEND_DEVICE_TYPE_ACCEL = 3 };

// Whether a model that is loaded, and a context that is made, from now on uses the kernels.
static atomic_int wanted_for_models, wanted_for_contexts;

static struct ggml_backend_device load_device, on_device, off_device;
static struct ggml_backend_reg registration;

static const char *title(void) { return "Slipway"; }
static const char *backend_name(ggml_backend_t backend) { return (void)backend, title(); }
static const char *device_name(ggml_backend_dev_t device) { return (void)device, title(); }
static const char *description(ggml_backend_dev_t device) { return (void)device, "Slipway kernels (AVX-512 VNNI)"; }
static const char *registration_name(ggml_backend_reg_t reg) { return (void)reg, title(); }

static void memory(ggml_backend_dev_t device, size_t *free_bytes, size_t *total_bytes) {
  (void)device;
  *free_bytes = *total_bytes = 0; // ggml's word for: as much as the host has
}

static int type(ggml_backend_dev_t device) { return (void)device, GGML_BACKEND_DEVICE_TYPE_ACCEL; }

static void properties(ggml_backend_dev_t device, struct ggml_backend_dev_props *props) {
  *props = (struct ggml_backend_dev_props){.name = title(), .description = description(device), .type = type(device)};
}

static bool supports_nothing(ggml_backend_dev_t device, const struct ggml_tensor *node) {
  return (void)device, (void)node, false;
}

static bool supports(ggml_backend_dev_t device, const struct ggml_tensor *node) {
  return (void)device, graph_supports(node);
}

// A model's weights are offered to the device of the registration; only while kernels are wanted it takes them.
static bool supports_if_wanted(ggml_backend_dev_t device, const struct ggml_tensor *node) {
  return atomic_load(&wanted_for_models) && supports(device, node);
}

static ggml_backend_buffer_type_t weights_buffers(ggml_backend_dev_t device) {
  return (void)device, weights_buffer_type(&load_device);
}

static ggml_backend_buffer_type_t host_buffers(ggml_backend_dev_t device) {
  return (void)device, ggml_backend_cpu_buffer_type();
}

static bool supports_buffers(ggml_backend_dev_t device, ggml_backend_buffer_type_t buffers) {
  return buffers == weights_buffer_type(&load_device) || ((void)device, ggml_backend_buft_is_host(buffers));
}

static void free_backend(ggml_backend_t backend) {
  team_free(backend->context);
  free(backend);
}

static int compute(ggml_backend_t backend, struct ggml_cgraph *graph) {
  graph_compute(backend->context, graph);
  return 0;
}

static ggml_backend_t init_backend(ggml_backend_dev_t device, const char *parameters) {
  static const uint8_t guid[16] = "slipway-kernels";
  (void)device;
  (void)parameters;
  struct ggml_backend *backend = calloc(1, sizeof *backend);
  struct team *team = team_new();
  if (backend == NULL || team == NULL) return NULL;
  backend->guid = &guid;
  backend->iface.get_name = backend_name;
  backend->iface.free = free_backend;
  backend->iface.graph_compute = compute;
  // A context keeps what was wanted when it was made.
  backend->device = atomic_load(&wanted_for_contexts) ? &on_device : &off_device;
  backend->context = team;
  return backend;
}

static void set_threads(ggml_backend_t backend, int threads) { team_resize(backend->context, threads); }

static size_t device_count(ggml_backend_reg_t reg) { return (void)reg, 1; }
static ggml_backend_dev_t device_at(ggml_backend_reg_t reg, size_t index) { return (void)reg, (void)index, &load_device; }

static void *procedure(ggml_backend_reg_t reg, const char *name) {
  (void)reg;
  return strcmp(name, "ggml_backend_set_n_threads") == 0 ? (void *)set_threads : NULL;
}

static struct ggml_backend_device device(bool (*supports_op)(ggml_backend_dev_t, const struct ggml_tensor *),
                                         ggml_backend_buffer_type_t (*buffers)(ggml_backend_dev_t)) {
  return (struct ggml_backend_device){
      .iface = {.get_name = device_name,
                .get_description = description,
                .get_memory = memory,
                .get_type = type,
                .get_props = properties,
                .init_backend = init_backend,
                .get_buffer_type = buffers,
                .supports_op = supports_op,
                .supports_buft = supports_buffers},
      .reg = &registration,
  };
}

// The numbers of ggml-abi.h belong to one release of ggml; another's operations have other numbers.
static bool same_release(void) {
  static const struct {
    int op;
    const char *name;
  } known[] = {{GGML_OP_ADD, "ADD"},           {GGML_OP_RMS_NORM, "RMS_NORM"}, {GGML_OP_MUL_MAT, "MUL_MAT"},
               {GGML_OP_GET_ROWS, "GET_ROWS"}, {GGML_OP_SET_ROWS, "SET_ROWS"}, {GGML_OP_ROPE, "ROPE"},
               {GGML_OP_GLU, "GLU"},           {GGML_OP_CPY, "CPY"},           {GGML_OP_FLASH_ATTN_EXT, "FLASH_ATTN_EXT"}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(ggml_op_name(known[i].op), known[i].name) != 0) return false;
  return ggml_tensor_overhead() == sizeof(struct ggml_tensor) + 32; // ggml's own header of an object is 32 bytes
}

#define EXPORT __attribute__((visibility("default")))

// 0 keeps ggml from loading the backend.
EXPORT int ggml_backend_score(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni") && same_release();
}

EXPORT ggml_backend_reg_t ggml_backend_init(void) {
  load_device = device(supports_if_wanted, weights_buffers);
  on_device = device(supports, host_buffers);
  off_device = device(supports_nothing, host_buffers);
  registration = (struct ggml_backend_reg){
      .api_version = GGML_BACKEND_API_VERSION,
      .iface = {.get_name = registration_name,
                .get_device_count = device_count,
                .get_device = device_at,
                .get_proc_address = procedure},
  };
  return &registration;
}

EXPORT void slipway_kernels_for_models(int use) { atomic_store(&wanted_for_models, use); }

EXPORT void slipway_kernels_for_contexts(int use) { atomic_store(&wanted_for_contexts, use); }

// slipway_largest is the place of the largest of `count` floats, the first of equals; 0 where all are NaN.
EXPORT int slipway_largest(const float *row, int count) { return largest(row, count); }
