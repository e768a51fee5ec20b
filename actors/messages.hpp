// SPDX-License-Identifier: MIT
#pragma once

/// What actors say to each other. Answers are messages too, carrying the asker's `cookie`: a shared actor may have
/// thousands of questions open, and CAF's table of open requests is searched linearly.
#include "actors/messages/commands.hpp"
#include "actors/messages/http.hpp"
#include "actors/messages/nats.hpp"
#include "actors/messages/queries.hpp"
#include "actors/messages/reaction.hpp"
#include "actors/messages/shards.hpp"
#include "actors/messages/signals.hpp"
