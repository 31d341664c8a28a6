// How a weight lies in memory: panels of 16 rows; in each, block after block of 32 elements: values, then 16 scales (halves),
// for Q4_1 also 16 minima. Values come in groups of 4 elements: 16 rows x 4 bytes side by side, which is what one dot
// product instruction takes. A byte of a 4-bit type holds element i in its low half and i + 16 in its high one, as in ggml.
#pragma once

#include "ggml-abi.h"

static inline size_t panel_value_bytes(int type) { return type == GGML_TYPE_Q8_0 ? 512 : 256; }

static inline size_t panel_block_bytes(int type) { return panel_value_bytes(type) + (type == GGML_TYPE_Q4_1 ? 64 : 32); }
