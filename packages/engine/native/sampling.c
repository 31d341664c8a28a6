#include "sampling.h"

#include <immintrin.h>
#include <math.h>

// A row fits the second-level cache: reading it twice costs less than carrying places along.
static float largest_value(const float *row, int count) {
  __m512 most = _mm512_set1_ps(-INFINITY);
  int i = 0;
  // NaN in a comparison that is not ordered leaves what was there.
  for (; i + 16 <= count; i += 16) most = _mm512_max_ps(_mm512_loadu_ps(row + i), most);
  float value = _mm512_reduce_max_ps(most);
  for (; i < count; i++) value = row[i] > value ? row[i] : value;
  return value;
}

int largest(const float *row, int count) {
  const float value = largest_value(row, count);
  const __m512 wanted = _mm512_set1_ps(value);
  int i = 0;
  for (; i + 16 <= count; i += 16) {
    const __mmask16 found = _mm512_cmpeq_ps_mask(_mm512_loadu_ps(row + i), wanted);
    if (found != 0) return i + __builtin_ctz(found);
  }
  for (; i < count; i++)
    if (row[i] == value) return i;
  return 0;
}
