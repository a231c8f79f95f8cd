// Command certs writes the keys, certificates and tokens of one test cluster into a folder.
package main

import (
	"fmt"
	"os"

	"kfctl.dev/test/cluster/pki"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: certs FOLDER")
		os.Exit(2)
	}
	if err := pki.Write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "certs:", err)
		os.Exit(1)
	}
}
