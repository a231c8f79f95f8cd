package main

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// webhookPrefix begins the paths under which the proxy is itself a webhook of the API server, so
// that rules befall the server's own calls too:
//
//	/webhook/allow    an admission webhook that allows everything
//	/webhook/deny     one that denies everything
//	/webhook/convert  a conversion webhook that changes nothing but the version
const webhookPrefix = "/webhook/"

// review is what AdmissionReview and ConversionReview have in common, as far as it matters here.
type review struct {
	APIVersion string          `json:"apiVersion"`
	Kind       string          `json:"kind"`
	Request    *reviewRequest  `json:"request,omitempty"`
	Response   *reviewResponse `json:"response,omitempty"`
}

type reviewRequest struct {
	UID               string           `json:"uid"`
	DesiredAPIVersion string           `json:"desiredAPIVersion"`
	Objects           []map[string]any `json:"objects"`
}

type reviewResponse struct {
	UID              string           `json:"uid"`
	Allowed          bool             `json:"allowed"`
	Status           map[string]any   `json:"status,omitempty"` // of an admission
	Result           map[string]any   `json:"result,omitempty"` // of a conversion
	ConvertedObjects []map[string]any `json:"convertedObjects,omitempty"`
}

func serveWebhook(w http.ResponseWriter, r *http.Request) {
	var asked review
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || asked.Request == nil {
		http.Error(w, fmt.Sprintf("not a review: %v", err), http.StatusBadRequest)
		return
	}
	answer := reviewResponse{UID: asked.Request.UID}
	switch r.URL.Path[len(webhookPrefix):] {
	case "allow":
		answer.Allowed = true
	case "deny":
		answer.Status = map[string]any{"message": "this is not wanted here", "code": 403}
	case "convert":
		answer.Result = map[string]any{"status": "Success"}
		for _, object := range asked.Request.Objects {
			object["apiVersion"] = asked.Request.DesiredAPIVersion
			answer.ConvertedObjects = append(answer.ConvertedObjects, object)
		}
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	asked.Request, asked.Response = nil, &answer
	_ = json.NewEncoder(w).Encode(asked) // fails only if the server is gone
}

// orWebhook answers webhook calls itself and leaves everything else to next.
func orWebhook(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+webhookPrefix, serveWebhook)
	mux.Handle("/", next)
	return mux
}
