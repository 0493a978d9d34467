package rdkafka

import (
	"debug/elf"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the shim says is what the file of the program says. A static program is
// asked by the tests of the set-up.
func TestStaticProgram(t *testing.T) {
	if runtime.GOOS != "linux" {
		assert.False(t, StaticProgram())
		return
	}
	f, err := elf.Open("/proc/self/exe")
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	static := true
	for _, p := range f.Progs {
		static = static && p.Type != elf.PT_INTERP
	}
	assert.Equal(t, static, StaticProgram())
}
