// Package guard holds the tests that keep the project's layers and rules: who may
// call C, who may import whom, what the modules require, what may be committed.
//
// Each rule is a function that takes a tree and returns what is wrong in it. One
// test asks it of this repository, another plants a violation in a tree of its
// own and expects to be told: a rule that cannot fail guards nothing.
package guard
