#pragma once

#include "ggml-abi.h"
#include "team.h"

bool graph_supports(const struct ggml_tensor *node);

// graph_compute computes all nodes of a graph whose every node graph_supports.
void graph_compute(struct team *team, struct ggml_cgraph *graph);
