package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

const controlUsage = `usage: proxy control ADDRESS VERB
  status | counts | log | rules      print as JSON
  count METHOD PATH                  print how many requests match the regular expressions
  rule JSON                          add a rule
  clear                              remove all rules
  reset                              remove rules, counts and log; accept connections
  refuse | accept                    refuse connections; accept them again`

// runControl carries out one verb through the control address, for tests that are shell scripts.
func runControl(arguments []string) error {
	if len(arguments) < 2 {
		return fmt.Errorf("%s", controlUsage)
	}
	address, verb, rest := arguments[0], arguments[1], arguments[2:]
	method, path, body := http.MethodGet, verb, ""
	switch {
	case verb == "count" && len(rest) == 2:
		path = "count?" + url.Values{"method": {rest[0]}, "path": {rest[1]}}.Encode()
	case verb == "rule" && len(rest) == 1:
		method, path, body = http.MethodPost, "rules", rest[0]
	case len(rest) > 0:
		return fmt.Errorf("%s", controlUsage)
	case verb == "clear" || verb == "reset" || verb == "refuse" || verb == "accept":
		method = http.MethodPost
	case verb == "status" || verb == "counts" || verb == "log" || verb == "rules":
	default:
		return fmt.Errorf("%s", controlUsage)
	}
	return ask(method, address+"/"+path, body)
}

// ask prints the answer, or makes an error of it.
func ask(method, url, body string) error {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	// The transport is one without the environment's proxies, which are no way to loopback.
	response, err := (&http.Client{Transport: &http.Transport{}}).Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		return fmt.Errorf("%s: %s", response.Status, strings.TrimSpace(string(text)))
	}
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}
