#pragma once

// largest is the place of the largest of `count` floats, the first of equals; 0 where all are NaN.
int largest(const float *row, int count);
