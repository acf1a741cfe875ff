// Boost.Process v2 is compiled here, once: header-only it does not link at 1.81.
#include <boost/process/v2/src.hpp>
