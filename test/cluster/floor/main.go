// Command floor sends prepared requests to a server, so many at a time over one HTTP/2 connection,
// and does nothing else: no client that has to say the same can be much faster. scripts/bench apply
// measures it beside the tools.
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
)

const usage = `usage: floor --server URL --pki FOLDER [--in-flight N] FILE
FILE holds a line of JSON for each request: method, path, content_type, body`

// request is a line of the file.
type request struct {
	Method      string          `json:"method"`
	Path        string          `json:"path"`
	ContentType string          `json:"content_type"`
	Body        json.RawMessage `json:"body"`
}

func main() {
	flag.Usage = func() { fmt.Fprintln(os.Stderr, usage) }
	server := flag.String("server", "", "")
	pki := flag.String("pki", "", "")
	inFlight := flag.Int("in-flight", 32, "")
	flag.Parse()
	if *server == "" || *pki == "" || *inFlight < 1 || flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*server, *pki, *inFlight, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func run(server, pki string, inFlight int, file string) error {
	requests, err := readRequests(file)
	if err != nil {
		return err
	}
	client, err := newClient(pki)
	if err != nil {
		return err
	}
	return sendAll(client, server, requests, inFlight)
}

func readRequests(file string) ([]request, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var requests []request
	decoder := json.NewDecoder(bufio.NewReader(f))
	for {
		var one request
		if err := decoder.Decode(&one); err == io.EOF {
			return requests, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		requests = append(requests, one)
	}
}

// newClient is the administrator, by the certificate that test/cluster/certs wrote.
func newClient(pki string) (*http.Client, error) {
	authority, err := os.ReadFile(filepath.Join(pki, "ca.crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("%s/ca.crt holds no certificate", pki)
	}
	own, err := tls.LoadX509KeyPair(filepath.Join(pki, "admin.crt"), filepath.Join(pki, "admin.key"))
	if err != nil {
		return nil, err
	}
	return clientWith(&tls.Config{RootCAs: roots, Certificates: []tls.Certificate{own}}), nil
}

func clientWith(config *tls.Config) *http.Client {
	// Without the limit, requests that come before the first connection is there open their own.
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: config, ForceAttemptHTTP2: true, MaxConnsPerHost: 1,
	}}
}

// sendAll returns the first failure; a status that is no success is one.
func sendAll(client *http.Client, server string, requests []request, inFlight int) error {
	next := make(chan request)
	failed := make(chan error, inFlight)
	var senders sync.WaitGroup
	for range inFlight {
		senders.Add(1)
		go func() {
			defer senders.Done()
			var first error
			for one := range next {
				if err := send(client, server, one); err != nil && first == nil {
					first = err
				}
			}
			failed <- first
		}()
	}
	for _, one := range requests {
		next <- one
	}
	close(next)
	senders.Wait()
	close(failed)
	for err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

func send(client *http.Client, server string, one request) error {
	outgoing, err := http.NewRequest(one.Method, server+one.Path, bytes.NewReader(one.Body))
	if err != nil {
		return err
	}
	if one.ContentType != "" {
		outgoing.Header.Set("Content-Type", one.ContentType)
	}
	outgoing.Header.Set("Accept", "application/json")
	response, err := client.Do(outgoing)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", one.Method, one.Path, response.Status, text)
	}
	return nil
}
