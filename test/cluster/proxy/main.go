// Command proxy stands between a test's client and the API server of a test cluster. It serves
// TLS on loopback (HTTP/2 and HTTP/1.1) with a certificate of the cluster's own authority, counts
// what passes, and does to it what rules say: delay, refuse, answer, reset.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
)

const usage = `usage: proxy serve --server URL --pki FOLDER --addresses FILE
       proxy control ADDRESS VERB`

func main() {
	var err error
	switch {
	case len(os.Args) > 1 && os.Args[1] == "serve":
		err = runServe(os.Args[2:])
	case len(os.Args) > 1 && os.Args[1] == "control":
		err = runControl(os.Args[2:])
	default:
		err = errors.New(usage)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "proxy:", err)
		os.Exit(1)
	}
}

// runServe serves until it is killed. FILE appears, complete, once both sides answer.
func runServe(arguments []string) error {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	server := flags.String("server", "", "URL of the API server")
	pki := flags.String("pki", "", "folder that test/cluster/certs wrote")
	addresses := flags.String("addresses", "", "file to write the two addresses to")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	target, err := url.Parse(*server)
	if err != nil {
		return err
	}
	g, err := newGateFromFiles(target, *pki)
	if err != nil {
		return err
	}
	if err := g.open(); err != nil {
		return err
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	text := fmt.Sprintf("proxy_server=https://%s\nproxy_control=http://%s\n", g.address, control.Addr())
	if err := writeWhole(*addresses, text); err != nil {
		return err
	}
	return http.Serve(control, newControl(g))
}

func newGateFromFiles(server *url.URL, pki string) (*gate, error) {
	authority, err := os.ReadFile(filepath.Join(pki, "ca.crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("%s/ca.crt holds no certificate", pki)
	}
	own, err := readPair(pki, "proxy")
	if err != nil {
		return nil, err
	}
	frontProxy, err := readPair(pki, "front-proxy")
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{own},
		ClientAuth:   tls.VerifyClientCertIfGiven,
		ClientCAs:    roots,
	}
	return newGate(config, orWebhook(newForwarder(server, roots, frontProxy))), nil
}

func readPair(pki, name string) (tls.Certificate, error) {
	return tls.LoadX509KeyPair(filepath.Join(pki, name+".crt"), filepath.Join(pki, name+".key"))
}

func writeWhole(path, text string) error {
	beside := path + ".new"
	if err := os.WriteFile(beside, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(beside, path)
}

// countingReader counts what is read of a request's body, maybe after its handler returned.
type countingReader struct {
	io.ReadCloser
	count atomic.Int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.count.Add(int64(n))
	return n, err
}
