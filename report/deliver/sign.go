package deliver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Headers of a generic chat's requests.
const (
	headerTimestamp = "X-Icpaudit-Timestamp" // seconds since 1970
	headerSignature = "X-Icpaudit-Signature" // sha256= and the HMAC in hexadecimal
	headerDelivery  = "X-Icpaudit-Delivery"  // the letter's id: the same in every try
)

func hmacSHA256(key, text string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// dingtalkSign is the signature of 钉钉: the line of the milliseconds and the
// line of the secret, under the secret.
func dingtalkSign(secret Secret, at time.Time) (timestamp, sign string) {
	timestamp = strconv.FormatInt(at.UnixMilli(), 10)
	return timestamp, base64.StdEncoding.EncodeToString(hmacSHA256(secret.text, timestamp+"\n"+secret.text))
}

// feishuSign is the signature of 飞书: the line of the seconds and the line of
// the secret are the key, and nothing is the text.
func feishuSign(secret Secret, at time.Time) (timestamp, sign string) {
	timestamp = strconv.FormatInt(at.Unix(), 10)
	return timestamp, base64.StdEncoding.EncodeToString(hmacSHA256(timestamp+"\n"+secret.text, ""))
}

// genericSign signs the time and the whole body, so that neither can be changed
// nor an old message be sent again.
func genericSign(secret Secret, timestamp string, body []byte) string {
	return "sha256=" + hex.EncodeToString(hmacSHA256(secret.text, timestamp+"."+string(body)))
}

// signURL adds the signature that travels in the address.
func signURL(address *url.URL, secret Secret, at time.Time) *url.URL {
	timestamp, sign := dingtalkSign(secret, at)
	signed := *address
	query := signed.Query()
	query.Set("timestamp", timestamp)
	query.Set("sign", sign)
	signed.RawQuery = query.Encode()
	return &signed
}

// signHeader adds the signature that travels in headers.
func signHeader(h http.Header, secret Secret, l Letter, at time.Time, body []byte) {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	h.Set(headerTimestamp, timestamp)
	h.Set(headerSignature, genericSign(secret, timestamp, body))
	h.Set(headerDelivery, l.ID)
}
