// The part of ggml's interface that a backend needs, as it stands in the pinned release (GGML_BACKEND_API_VERSION 2).
// ggml refuses a backend of another version, and src/llama/verify.ts a llama.cpp of another release.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GGML_BACKEND_API_VERSION 2

enum ggml_type {
  GGML_TYPE_F32 = 0,
  GGML_TYPE_F16 = 1,
  GGML_TYPE_Q4_0 = 2,
  GGML_TYPE_Q4_1 = 3,
  GGML_TYPE_Q5_0 = 6,
  GGML_TYPE_Q5_1 = 7,
  GGML_TYPE_Q8_0 = 8,
  GGML_TYPE_Q4_K = 12,
  GGML_TYPE_Q5_K = 13,
  GGML_TYPE_Q6_K = 14,
  GGML_TYPE_I32 = 26,
  GGML_TYPE_I64 = 27,
  GGML_TYPE_BF16 = 30,
};

enum ggml_op {
  GGML_OP_NONE = 0,
  GGML_OP_ADD = 2,
  GGML_OP_MUL = 7,
  GGML_OP_RMS_NORM = 25,
  GGML_OP_MUL_MAT = 29,
  GGML_OP_CPY = 34,
  GGML_OP_CONT = 35,
  GGML_OP_RESHAPE = 36,
  GGML_OP_VIEW = 37,
  GGML_OP_PERMUTE = 38,
  GGML_OP_TRANSPOSE = 39,
  GGML_OP_GET_ROWS = 40,
  GGML_OP_SET_ROWS = 42,
  GGML_OP_ROPE = 48,
  GGML_OP_FLASH_ATTN_EXT = 74,
  GGML_OP_GLU = 100,
};

enum { GGML_GLU_OP_SWIGLU = 2 };
enum { GGML_TENSOR_FLAG_COMPUTE = 16 };

struct ggml_tensor {
  int32_t type;
  struct ggml_backend_buffer *buffer;
  int64_t ne[4]; // elements
  size_t nb[4];  // stride in bytes
  int32_t op;
  int32_t op_params[16];
  int32_t flags;
  struct ggml_tensor *src[10];
  struct ggml_tensor *view_src;
  size_t view_offs;
  void *data;
  char name[64];
  void *extra;
  char padding[8];
};

struct ggml_cgraph {
  int size;
  int n_nodes;
  int n_leafs;
  struct ggml_tensor **nodes;
  // what follows is not needed
};

typedef struct ggml_backend_buffer_type *ggml_backend_buffer_type_t;
typedef struct ggml_backend_buffer *ggml_backend_buffer_t;
typedef struct ggml_backend *ggml_backend_t;
typedef struct ggml_backend_device *ggml_backend_dev_t;
typedef struct ggml_backend_reg *ggml_backend_reg_t;

struct ggml_backend_buffer_type_i {
  const char *(*get_name)(ggml_backend_buffer_type_t);
  ggml_backend_buffer_t (*alloc_buffer)(ggml_backend_buffer_type_t, size_t);
  size_t (*get_alignment)(ggml_backend_buffer_type_t);
  size_t (*get_max_size)(ggml_backend_buffer_type_t);
  size_t (*get_alloc_size)(ggml_backend_buffer_type_t, const struct ggml_tensor *);
  bool (*is_host)(ggml_backend_buffer_type_t);
};

struct ggml_backend_buffer_type {
  struct ggml_backend_buffer_type_i iface;
  ggml_backend_dev_t device;
  void *context;
};

struct ggml_backend_buffer_i {
  void (*free_buffer)(ggml_backend_buffer_t);
  void *(*get_base)(ggml_backend_buffer_t);
  int (*init_tensor)(ggml_backend_buffer_t, struct ggml_tensor *);
  void (*memset_tensor)(ggml_backend_buffer_t, struct ggml_tensor *, uint8_t, size_t, size_t);
  void (*set_tensor)(ggml_backend_buffer_t, struct ggml_tensor *, const void *, size_t, size_t);
  void (*get_tensor)(ggml_backend_buffer_t, const struct ggml_tensor *, void *, size_t, size_t);
  void *set_tensor_2d;
  void *get_tensor_2d;
  bool (*cpy_tensor)(ggml_backend_buffer_t, const struct ggml_tensor *, struct ggml_tensor *);
  void (*clear)(ggml_backend_buffer_t, uint8_t);
  void (*reset)(ggml_backend_buffer_t);
};

struct ggml_backend_buffer {
  struct ggml_backend_buffer_i iface;
  ggml_backend_buffer_type_t buft;
  void *context;
  size_t size;
  int usage;
};

struct ggml_backend_i {
  const char *(*get_name)(ggml_backend_t);
  void (*free)(ggml_backend_t);
  void *set_tensor_async;
  void *get_tensor_async;
  void *set_tensor_2d_async;
  void *get_tensor_2d_async;
  void *cpy_tensor_async;
  void *synchronize;
  void *graph_plan_create;
  void *graph_plan_free;
  void *graph_plan_update;
  void *graph_plan_compute;
  int (*graph_compute)(ggml_backend_t, struct ggml_cgraph *);
  void *event_record;
  void *event_wait;
  void *graph_optimize;
};

struct ggml_backend {
  const uint8_t (*guid)[16];
  struct ggml_backend_i iface;
  ggml_backend_dev_t device;
  void *context;
};

struct ggml_backend_dev_props {
  const char *name;
  const char *description;
  size_t memory_free;
  size_t memory_total;
  int type;
  const char *device_id;
  struct {
    bool async, host_buffer, buffer_from_host_ptr, events, mmap_support;
  } caps;
};

struct ggml_backend_device_i {
  const char *(*get_name)(ggml_backend_dev_t);
  const char *(*get_description)(ggml_backend_dev_t);
  void (*get_memory)(ggml_backend_dev_t, size_t *, size_t *);
  int (*get_type)(ggml_backend_dev_t);
  void (*get_props)(ggml_backend_dev_t, struct ggml_backend_dev_props *);
  ggml_backend_t (*init_backend)(ggml_backend_dev_t, const char *);
  ggml_backend_buffer_type_t (*get_buffer_type)(ggml_backend_dev_t);
  void *get_host_buffer_type;
  void *buffer_from_host_ptr;
  bool (*supports_op)(ggml_backend_dev_t, const struct ggml_tensor *);
  bool (*supports_buft)(ggml_backend_dev_t, ggml_backend_buffer_type_t);
  void *offload_op;
  void *event_new;
  void *event_free;
  void *event_synchronize;
};

struct ggml_backend_device {
  struct ggml_backend_device_i iface;
  ggml_backend_reg_t reg;
  void *context;
};

struct ggml_backend_reg {
  int api_version;
  struct {
    const char *(*get_name)(ggml_backend_reg_t);
    size_t (*get_device_count)(ggml_backend_reg_t);
    ggml_backend_dev_t (*get_device)(ggml_backend_reg_t, size_t);
    void *(*get_proc_address)(ggml_backend_reg_t, const char *);
  } iface;
  void *context;
};

// From libggml-base.
ggml_backend_buffer_t ggml_backend_buffer_init(ggml_backend_buffer_type_t, struct ggml_backend_buffer_i, void *, size_t);
bool ggml_backend_buft_is_host(ggml_backend_buffer_type_t);
ggml_backend_buffer_type_t ggml_backend_cpu_buffer_type(void);
const char *ggml_op_name(int op);
size_t ggml_tensor_overhead(void);
size_t ggml_nbytes(const struct ggml_tensor *);
