package ground

import (
	"runtime/debug"
	"strconv"
)

// spare is how many hundredths of its memory a function leaves to what is not
// Go's: its own file, the kernel, and what the collector cannot free in time.
const spare = 20

// limit tells the collector how much memory the function has, which it does not
// ask by itself: it lets the memory grow to twice what is in use, and then the
// function is killed though half of that was garbage. Megabytes is what Lambda
// says of the size, AWS_LAMBDA_FUNCTION_MEMORY_SIZE; if that is no number, as
// where no Lambda is, nothing is limited.
func limit(megabytes string) {
	n, err := strconv.Atoi(megabytes)
	if err != nil || n <= 0 {
		return
	}
	debug.SetMemoryLimit(int64(n) << 20 / 100 * (100 - spare))
}
