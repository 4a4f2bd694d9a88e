// What the daemon tells the shop in shop.go: payments that are paid, as Standard Webhooks.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

// Several while one takes the place of another.
func keys() (keys [][]byte) {
	for _, text := range strings.Split(os.Getenv("GERBANG_WEBHOOK_SECRET"), " ") {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
		if err != nil || len(key) < 24 {
			log.Fatal("GERBANG_WEBHOOK_SECRET must be whsec_ and 24 bytes or more in Base64")
		}
		keys = append(keys, key)
	}
	return keys
}

var known = keys()

func isSigned(head http.Header, body []byte) (isSigned bool) {
	var sent int64 // long ago, where it is no number
	fmt.Sscan(head.Get("webhook-timestamp"), &sent)
	for _, key := range known {
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", head.Get("webhook-id"), head.Get("webhook-timestamp"), body)
		wanted := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		for _, given := range strings.Fields(head.Get("webhook-signature")) {
			isSigned = hmac.Equal([]byte(given), []byte(wanted)) || isSigned
		}
	}
	return isSigned && time.Since(time.Unix(sent, 0)).Abs() <= 5*time.Minute
}

// Once: the file is what is packed by. It is on the disk when this returns true.
func ship(order, event string) bool {
	file, err := os.OpenFile("shipped/"+order, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = fmt.Fprintln(file, event)
		log.Print("shipped ", order)
	} else if os.IsExist(err) { // by another request, perhaps just now
		file, err = os.OpenFile("shipped/"+order, os.O_WRONLY, 0)
	}
	directory, missing := os.Open("shipped")
	defer file.Close()
	defer directory.Close()
	return err == nil && missing == nil && file.Sync() == nil && directory.Sync() == nil
}

func notified(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	var event struct {
		ID, Type string
		Data     map[string]any
	}
	if err != nil || !isSigned(r.Header, body) || json.Unmarshal(body, &event) != nil {
		http.Error(w, "not signed", 401)
	} else if order := fmt.Sprint(event.Data["order"]); event.Type == "payment.paid" && !isOrder(order) {
		http.Error(w, "no order of this shop", 400)
	} else if event.Type == "payment.paid" && !ship(order, event.ID) {
		http.Error(w, "the disk failed", 500)
	}
}
