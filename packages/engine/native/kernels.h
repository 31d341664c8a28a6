// One function per operation. Each member of a team calls it with the same node; nobody waits at its end (graph.c does).
#pragma once

#include "ggml-abi.h"
#include "team.h"

void attention(const struct ggml_tensor *node, member *self);
bool attention_supported(const struct ggml_tensor *node);

void rms_norm(const struct ggml_tensor *node, member *self);
void swiglu(const struct ggml_tensor *node, member *self);
void add(const struct ggml_tensor *node, member *self);
void multiply(const struct ggml_tensor *node, member *self);
void rope(const struct ggml_tensor *node, member *self);
void get_rows(const struct ggml_tensor *node, member *self);
void set_rows(const struct ggml_tensor *node, member *self);
void copy(const struct ggml_tensor *node, member *self);

bool elementwise_supported(const struct ggml_tensor *node); // all of these eight
bool rope_supported(const struct ggml_tensor *node);
bool get_rows_supported(const struct ggml_tensor *node);
bool set_rows_supported(const struct ggml_tensor *node);
bool copy_supported(const struct ggml_tensor *node);
