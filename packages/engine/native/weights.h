#pragma once

#include "ggml-abi.h"

ggml_backend_buffer_type_t weights_buffer_type(ggml_backend_dev_t device);

bool weights_are_ours(const struct ggml_tensor *tensor);
