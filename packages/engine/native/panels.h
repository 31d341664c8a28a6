// How a weight lies in memory: panels of 16 rows; in each, block after block of 32 elements: values, then scales.
//
// Elements come in groups of 4: 16 rows x 4 bytes side by side, which is what one dot product instruction takes. Four bits
// of an element lie in a byte with those of the element 16 further on; a fifth bit of all 8 groups lies in one byte, a fifth
// and sixth bit of 4 groups in one. Behind the values are 16 scales in half precision, then 16 minima (values count up from
// them) or, for six bits, 16 scales for the second half of the block.
#pragma once

#include "ggml-abi.h"

enum kind { NO_PANELS = -1, FOUR, FOUR_MIN, FIVE_MIN, SIX, EIGHT };

// panel_kind is the kind that holds a type of ggml's without loss (but for scales of K-quants, which are rounded to halves).
static inline int panel_kind(int type) {
  switch (type) {
    case GGML_TYPE_Q4_0: return FOUR;
    case GGML_TYPE_Q4_1:
    case GGML_TYPE_Q4_K: return FOUR_MIN;
    case GGML_TYPE_Q5_0:
    case GGML_TYPE_Q5_1:
    case GGML_TYPE_Q5_K: return FIVE_MIN;
    case GGML_TYPE_Q6_K: return SIX;
    case GGML_TYPE_Q8_0: return EIGHT;
    default: return NO_PANELS;
  }
}

static inline size_t panel_value_bytes(int kind) {
  static const size_t bytes[] = {[FOUR] = 256, [FOUR_MIN] = 256, [FIVE_MIN] = 320, [SIX] = 384, [EIGHT] = 512};
  return bytes[kind];
}

static inline size_t panel_block_bytes(int kind) {
  return panel_value_bytes(kind) + (kind == FOUR || kind == EIGHT ? 32 : 64);
}
