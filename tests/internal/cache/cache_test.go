package cache_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rdkafka-go/rdkafka/tests/internal/cache"
)

func TestLock_excludes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := cache.Lock(t.Context(), path)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = cache.Lock(ctx, path)
	require.ErrorIs(t, err, context.Canceled)
	unlock()
	unlock, err = cache.Lock(t.Context(), path)
	require.NoError(t, err)
	unlock()
}

func TestHome(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("RDKAFKA_CACHE", dir)
	home, err := cache.Home()
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "rdkafka-go"), home)
	assert.DirExists(t, home)

	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	t.Setenv("RDKAFKA_CACHE", file)
	_, err = cache.Home()
	require.ErrorContains(t, err, "set RDKAFKA_CACHE to a writable one")
}
