// The public headers as seen by C++: they must compile and link with C linkage.
#include <rlra/rlra.h>

int main()
{
    const rlra_options options = rlra_options_default();
    return rlra_option_count() > 0 && options.max_sweeps > 0 ? 0 : 1;
}
