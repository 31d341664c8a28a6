#include "panels.h"

#include <string.h>

#include "matmul.h"

// One block of one row as ggml stores it: a half for the scale, for Q4_1 one for the minimum, then the values.
static size_t head_bytes(int type) { return type == GGML_TYPE_Q4_1 ? 4 : 2; }

bool matmul_packs(const struct ggml_tensor *weight) {
  return (weight->type == GGML_TYPE_Q4_0 || weight->type == GGML_TYPE_Q4_1 || weight->type == GGML_TYPE_Q8_0) &&
         weight->ne[0] % BLOCK == 0 && weight->ne[1] % PANEL_ROWS == 0 && weight->ne[2] == 1 && weight->ne[3] == 1;
}

// move carries one row's block between ggml's layout and its place in a panel's block.
static void move(int type, uint8_t *row_block, uint8_t *panel_block, int row, bool packing) {
  const size_t values = panel_value_bytes(type), head = head_bytes(type);
#define MOVE(inside, outside, bytes) \
  (packing ? memcpy(panel_block + (inside), row_block + (outside), bytes) : memcpy(row_block + (outside), panel_block + (inside), bytes))
  for (size_t group = 0; group < values / 64; group++) MOVE(64 * group + 4 * (size_t)row, head + 4 * group, 4);
  MOVE(values + 2 * (size_t)row, 0, 2);
  if (type == GGML_TYPE_Q4_1) MOVE(values + 32 + 2 * (size_t)row, 2, 2);
#undef MOVE
}

static void convert(int type, int64_t columns, int64_t rows, uint8_t *plain, uint8_t *panels, bool packing) {
  const size_t panel_block = panel_block_bytes(type), row_block = panel_block / PANEL_ROWS;
  const int64_t blocks = columns / BLOCK;
  for (int64_t row = 0; row < rows; row++)
    for (int64_t block = 0; block < blocks; block++)
      move(type, plain + (size_t)(row * blocks + block) * row_block,
           panels + (size_t)(row / PANEL_ROWS * blocks + block) * panel_block, (int)(row % PANEL_ROWS), packing);
}

void matmul_pack(int type, int64_t columns, int64_t rows, const void *from, void *to) {
  convert(type, columns, rows, (uint8_t *)from, to, true);
}

void matmul_unpack(int type, int64_t columns, int64_t rows, const void *from, void *to) {
  convert(type, columns, rows, to, (uint8_t *)from, false);
}
