package rdkafka

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLiveObjects(t *testing.T) {
	start(t)
	conf := NewConf()
	assert.NoError(t, conf.Set("log_level", "0"))
	if !Debug {
		assert.Nil(t, LiveObjects(), "nothing is counted without the tag")
		conf.Destroy()
		return
	}
	assert.Equal(t, map[string]int{"conf": 1}, LiveObjects())
	c, err := NewClient(Producer, conf)
	assert.NoError(t, err)
	q := c.MainQueue()
	assert.Equal(t, map[string]int{"client": 1, "queue": 1}, LiveObjects())
	q.Destroy()
	c.Destroy(true)
	assert.Equal(t, map[string]int{"client": 1}, LiveObjects(), "until Release")
	c.Release()
	assert.Empty(t, LiveObjects())

	assert.PanicsWithValue(t, "rdkafka: a queue was destroyed twice", func() { countDestroy("queue") })
}
