//go:build tools

// The commands that scripts/test-cluster builds from this module, at the versions go.mod pins.
package tools

import _ "sigs.k8s.io/kwok/cmd/kwok"
