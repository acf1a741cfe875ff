#pragma once
#include <sys/types.h>

namespace dray::supervisor {

/// What a child of vfork does: it never returns, as it lives on its parent's stack.
using VforkChild = void (*)(void* what);

/// vfork, with a child that is in the v2 control group `folder` (a descriptor) from its first
/// moment: clone3 with CLONE_INTO_CGROUP. The child's number, or -1 and errno when this kernel or a
/// filter of system calls does not offer that.
pid_t vfork_into(int folder, VforkChild child, void* what);

}  // namespace dray::supervisor
