// Rows in ggml's own layout.
#pragma once

#include <stddef.h>
#include <stdint.h>

// row_element_bytes is the size of an element, or of a block of 32, of a type that can be read; 0 of another.
size_t row_element_bytes(int type);

// row_to_floats reads the first `count` elements of a row.
void row_to_floats(int type, const void *from, float *to, int64_t count);
