package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A mutant whose text is no longer there would break nothing, and one whose test is gone would be caught by none.
func TestMutants_areOfThisTree(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	names := map[string]bool{}
	for _, m := range mutants {
		assert.NotContains(t, names, m.name)
		names[m.name] = true
		text, err := m.changed(root)
		require.NoError(t, err, m.name)
		assert.NotEmpty(t, text)
		assert.NotEqual(t, m.old, m.new, m.name)

		files, err := filepath.Glob(filepath.Join(root, m.pkg, "*_test.go"))
		require.NoError(t, err)
		found := false
		test := regexp.MustCompile(`(?m)^func ` + m.test + `\(`)
		for _, f := range files {
			b, err := os.ReadFile(f)
			require.NoError(t, err)
			found = found || test.Match(b)
		}
		assert.True(t, found, "%s: %s has no test %s", m.name, m.pkg, m.test)
	}
}

func TestMutant_textMustBeThereOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f"), []byte("a b a"), 0o600))
	for old, want := range map[string]string{"a": "2 times", "c": "0 times"} {
		m := mutant{file: "f", old: old, new: "x"}
		_, err := m.changed(dir)
		assert.ErrorContains(t, err, want)
	}
	m := mutant{file: "f", old: "b", new: "x"}
	text, err := m.changed(dir)
	require.NoError(t, err)
	assert.Equal(t, "a x a", text)
}
