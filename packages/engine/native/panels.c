#include "panels.h"

#include <stdlib.h>
#include <string.h>

#include "matmul.h"
#include "vector-math.h"

enum { SUPER_BLOCK = 256 };

bool matmul_packs(const struct ggml_tensor *weight) {
  const bool super = weight->type == GGML_TYPE_Q4_K || weight->type == GGML_TYPE_Q5_K || weight->type == GGML_TYPE_Q6_K;
  return panel_kind(weight->type) != NO_PANELS && weight->ne[0] % (super ? SUPER_BLOCK : BLOCK) == 0 &&
         weight->ne[1] % PANEL_ROWS == 0 && weight->ne[2] == 1 && weight->ne[3] == 1;
}

size_t matmul_packed_bytes(const struct ggml_tensor *weight) {
  return (size_t)(weight->ne[0] / BLOCK) * (size_t)(weight->ne[1] / PANEL_ROWS) * panel_block_bytes(panel_kind(weight->type));
}

// A block of a row: its elements without sign, what they are multiplied with, and what is added then. Six bits have a
// scale for each half instead.
struct block {
  uint8_t values[BLOCK];
  uint16_t scale, second;
};

static void nibbles(const uint8_t *bytes, struct block *out) {
  for (int i = 0; i < 16; i++) {
    out->values[i] = bytes[i] & 15;
    out->values[i + 16] = bytes[i] >> 4;
  }
}

static void read_five(const uint8_t *data, int64_t at, bool has_minimum, struct block *out) {
  const size_t head = has_minimum ? 4 : 2;
  data += (size_t)at * (head + 20);
  uint32_t high;
  memcpy(&high, data + head, sizeof high);
  nibbles(data + head + 4, out);
  for (int i = 0; i < BLOCK; i++) out->values[i] |= (uint8_t)((high >> i & 1) << 4);
  memcpy(&out->scale, data, sizeof out->scale);
  if (has_minimum) memcpy(&out->second, data + 2, sizeof out->second);
  else out->second = to_half(-16 * half_at(data));
}

// Scales and minima of the eight blocks of a super-block are six bits each; those of the last four are split.
static void scale_and_minimum(const uint8_t *packed, int i, int *scale, int *minimum) {
  if (i < 4) {
    *scale = packed[i] & 63;
    *minimum = packed[i + 4] & 63;
  } else {
    *scale = (packed[i + 4] & 15) | (packed[i - 4] >> 6) << 4;
    *minimum = packed[i + 4] >> 4 | (packed[i] >> 6) << 4;
  }
}

static void read_k(const uint8_t *data, int64_t at, bool five, struct block *out) {
  data += (size_t)(at / 8) * (five ? 176 : 144);
  const int i = (int)(at % 8);
  const uint8_t *high = data + 16, *low = data + (five ? 48 : 16) + 32 * (i / 2);
  for (int j = 0; j < BLOCK; j++) {
    out->values[j] = i % 2 == 0 ? low[j] & 15 : low[j] >> 4;
    if (five) out->values[j] |= (uint8_t)((high[j] >> i & 1) << 4);
  }
  int scale, minimum;
  scale_and_minimum(data + 4, i, &scale, &minimum);
  out->scale = to_half(half_at(data) * (float)scale);
  out->second = to_half(-half_at(data + 2) * (float)minimum);
}

static void read_six(const uint8_t *data, int64_t at, struct block *out) {
  data += (size_t)(at / 8) * 210;
  const int half = (int)(at % 8 / 4), quarter = (int)(at % 4);
  const uint8_t *low = data + 64 * half + 32 * (quarter % 2), *high = data + 128 + 32 * half;
  for (int j = 0; j < BLOCK; j++)
    out->values[j] = (uint8_t)((quarter < 2 ? low[j] & 15 : low[j] >> 4) | (high[j] >> 2 * quarter & 3) << 4);
  const int8_t *scales = (const int8_t *)data + 192 + 8 * half + 2 * quarter;
  out->scale = to_half(half_at(data + 208) * (float)scales[0]);
  out->second = to_half(half_at(data + 208) * (float)scales[1]);
}

// move_plain copies a block whose elements lie in ggml's layout in the groups that panels have: nearly all of most models,
// and the time that loading them takes.
static void move_plain(int type, const uint8_t *data, int64_t at, uint8_t *panel, size_t row) {
  const int kind = panel_kind(type);
  const size_t head = type == GGML_TYPE_Q4_1 ? 4 : 2, values = panel_value_bytes(kind);
  data += (size_t)at * (head + values / PANEL_ROWS);
  for (size_t group = 0; group < values / 64; group++) memcpy(panel + 64 * group + 4 * row, data + head + 4 * group, 4);
  memcpy(panel + values + 2 * row, data, 2);
  if (type == GGML_TYPE_Q4_1) memcpy(panel + values + 32 + 2 * row, data + 2, 2);
}

static bool is_plain(int type) { return type == GGML_TYPE_Q4_0 || type == GGML_TYPE_Q4_1 || type == GGML_TYPE_Q8_0; }

static void read_block(int type, const uint8_t *row, int64_t at, struct block *out) {
  switch (type) {
    case GGML_TYPE_Q5_0: read_five(row, at, false, out); break;
    case GGML_TYPE_Q5_1: read_five(row, at, true, out); break;
    case GGML_TYPE_Q4_K: read_k(row, at, false, out); break;
    case GGML_TYPE_Q5_K: read_k(row, at, true, out); break;
    case GGML_TYPE_Q6_K: read_six(row, at, out); break;
    default: abort(); // panel_kind and this list differ
  }
}

// write_block adds a row to a panel's block, which was all zero before the first.
static void write_block(int kind, const struct block *block, uint8_t *panel, size_t row) {
  const size_t tail = panel_value_bytes(kind);
  for (size_t i = 0; i < BLOCK; i++) {
    const size_t group = i / 4, place = 4 * row + i % 4;
    const uint8_t low = block->values[i] & 15, high = block->values[i] >> 4;
    panel[64 * (group % 4) + place] |= group < 4 ? low : (uint8_t)(low << 4);
    if (kind == FIVE_MIN) panel[256 + place] |= (uint8_t)(high << group);
    if (kind == SIX) panel[256 + 64 * (group / 4) + place] |= (uint8_t)(high << 2 * (group % 4));
  }
  memcpy(panel + tail + 2 * row, &block->scale, 2);
  memcpy(panel + tail + 32 + 2 * row, &block->second, 2);
}

void matmul_pack(const struct ggml_tensor *weight, int64_t first, int64_t rows, const void *from, void *to) {
  const int type = weight->type, kind = panel_kind(type);
  const size_t block_bytes = panel_block_bytes(kind);
  const int64_t blocks = weight->ne[0] / BLOCK;
  uint8_t *panels = (uint8_t *)to + (size_t)(first / PANEL_ROWS * blocks) * block_bytes;
  if (!is_plain(type)) memset(panels, 0, (size_t)(rows / PANEL_ROWS * blocks) * block_bytes);
  for (int64_t row = 0; row < rows; row++) {
    const uint8_t *data = (const uint8_t *)from + (size_t)row * weight->nb[1];
    const size_t place = (size_t)(row % PANEL_ROWS);
    for (int64_t at = 0; at < blocks; at++) {
      uint8_t *panel = panels + (size_t)(row / PANEL_ROWS * blocks + at) * block_bytes;
      struct block block;
      if (is_plain(type)) {
        move_plain(type, data, at, panel, place);
      } else {
        read_block(type, data, at, &block);
        write_block(kind, &block, panel, place);
      }
    }
  }
}
