// A shop that is paid through `gerbang serve`, with nothing but Go's standard library (1.21). Start it:
// GERBANG_URL=http://127.0.0.1:8080 GERBANG_TOKEN=… GERBANG_WEBHOOK_SECRET=whsec_… PORT=3000 go run shop.go webhook.go
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"
)

var isOrder = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,43}$`).MatchString // safe as the name of a file
var isAmount = regexp.MustCompile(`^[1-9][0-9]{0,11}$`).MatchString

// Sends the same request each time: the daemon creates one payment, however often it is asked.
func buy(w http.ResponseWriter, r *http.Request) {
	order, amount := r.PostFormValue("order"), r.PostFormValue("amount")
	if !isOrder(order) || !isAmount(amount) { // A real shop knows the amount by the order, and takes it from no browser.
		http.Error(w, "order or amount is wrong", 400)
		return
	}
	body := fmt.Sprintf(`{"order": "%s", "amount": %s}`, order, amount)
	for _, pause := range []time.Duration{200, 500, 1000, 2000, 4000, 0} {
		request, _ := http.NewRequest("POST", os.Getenv("GERBANG_URL")+"/v1/payments", strings.NewReader(body))
		request.Header = http.Header{"Authorization": {"Bearer " + os.Getenv("GERBANG_TOKEN")}, "Content-Type": {"application/json"}}
		reply, err := (&http.Client{Timeout: 40 * time.Second}).Do(request)
		var payment map[string]any
		if err == nil {
			err = json.NewDecoder(reply.Body).Decode(&payment)
			reply.Body.Close()
		}
		page, isPage := payment["page"].(string)
		ways, _ := payment["pay_with"].([]any)
		switch {
		case err != nil || reply.StatusCode >= 500: // The connection was lost, or half of the reply.
		case reply.StatusCode >= 400:
			http.Error(w, fmt.Sprint(payment["detail"]), 400)
			return
		case payment["status"] != "pending":
			fmt.Fprintln(w, order, "is", payment["status"])
			return
		case isPage:
			http.Redirect(w, r, page, 303)
			return
		case reply.StatusCode != 202 && len(ways) > 0:
			json.NewEncoder(w).Encode(ways)
			return
		}
		time.Sleep(pause * time.Millisecond)
	}
	http.Error(w, "not ready yet; buying again goes on with the same payment", 503)
}

func main() {
	if err := os.MkdirAll("shipped", 0o700); err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/buy", buy)
	http.HandleFunc("/gerbang", notified)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
