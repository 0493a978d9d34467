//go:build cgo && rdkafka_planted

package rdkafka

import "testing"

// Each must fail in the tool that is for it, and in none other: build/asan.sh runs
// them one by one.

func TestPlanted_leak(*testing.T)     { PlantLeak() }
func TestPlanted_overflow(*testing.T) { PlantOverflow() }
func TestPlanted_pointer(*testing.T)  { PlantPointer() }

func TestPlanted_race(*testing.T) {
	var n int
	done := make(chan struct{})
	go func() {
		PlantRace(&n)
		close(done)
	}()
	PlantRace(&n)
	<-done
}
