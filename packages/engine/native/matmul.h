// Quantised weights times F32 activations, on the dot product of bytes (AVX-512 VNNI).
#pragma once

#include "ggml-abi.h"
#include "team.h"

// Rows of a weight that are computed together, and elements that share one scale.
enum { PANEL_ROWS = 16, BLOCK = 32, TILE_COLUMNS = 8 };

// matmul_packs says whether a weight of this type and shape is stored in panels; `rows` may be those of a view.
bool matmul_packs(const struct ggml_tensor *weight);

// matmul_packed_bytes is how much memory its panels take; more than ggml's layout for some types.
size_t matmul_packed_bytes(const struct ggml_tensor *weight);

// matmul_pack writes whole rows, `rows` of them in ggml's layout, to the panels at `to` from row `first` on; both multiples of
// PANEL_ROWS.
void matmul_pack(const struct ggml_tensor *weight, int64_t first, int64_t rows, const void *from, void *to);

// The activations of one node, in bytes with a scale for each block, in tiles of TILE_COLUMNS columns (the last may be narrower).
struct activations {
  int64_t columns, blocks;
  int8_t *values;       // [tile][block][column][BLOCK]
  float *scales;        // [tile][block][column]
  int32_t *corrections; // -8 times the sum of a block's values
  int32_t *first_halves; // the same of its first 16
  float *sums;          // the sum of a block's activations
};

// matmul_quantise fills `activations` from src1; every member calls it, and a barrier must follow.
void matmul_quantise(const struct ggml_tensor *node, struct activations *activations, member *self);

void matmul(const struct ggml_tensor *node, const struct activations *activations, member *self);

// Matrices that are not in panels.
bool plain_matmul_supported(const struct ggml_tensor *weight);
void plain_matmul(const struct ggml_tensor *node, member *self);

// column_data is one column of activations, counted through all dimensions; its elements lie side by side.
static inline const float *column_data(const struct ggml_tensor *from, int64_t column) {
  const int64_t second = column / from->ne[1], third = second / from->ne[2];
  return (const float *)((const char *)from->data + (size_t)(column % from->ne[1]) * from->nb[1] +
                         (size_t)(second % from->ne[2]) * from->nb[2] + (size_t)third * from->nb[3]);
}
