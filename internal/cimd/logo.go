package cimd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"sync"
	"time"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"clientele/internal/audit"
	"clientele/internal/outbound"
)

// What a logo may be, and what becomes of it.
const (
	maxLogoSide  = 2048 // pixels, read before anything is decoded
	logoSide     = 256  // pixels; larger ones are scaled down
	logoAccepted = "image/png, image/webp, image/jpeg, image/gif;q=0.5"
)

// LogoStore keeps logos by the hash of their bytes.
type LogoStore interface {
	SaveLogo(ctx context.Context, hash string, png []byte, now time.Time) error
}

// Logos takes the logos of applications from where their documents say they are. What is kept is a PNG that we made: of the
// bytes that came nothing remains but the pixels. It runs after a client was let in, and never while a page is made.
// CIMD-02 §8.8.
type Logos struct {
	Get   func(ctx context.Context, r outbound.Request) (*outbound.Response, error)
	Store LogoStore
	Now   func() time.Time

	decoding sync.Mutex // one at a time: a picture is large before it is small
}

// Take fetches the logo at url, keeps it and returns its hash, under which it is served. The error is a *Failure, an
// *outbound.Busy, that of ctx or of the store. Only a logo is missing then: nothing else depends on it.
func (l *Logos) Take(ctx context.Context, url string) (hash string, err error) {
	answer, err := l.Get(ctx, outbound.Request{URL: url, Accept: logoAccepted, MaxBytes: maxLogo, Deadline: fetchDeadline, Lane: outbound.Known})
	if err != nil {
		return "", aboutLogo(failed(err), url)
	}
	picture, err := l.reencode(answer.Body)
	if err != nil {
		return "", aboutLogo(&Failure{
			Kind: audit.FailureDocument, Side: audit.SideClient, Spec: "CIMD-02 §8.8", Message: "The logo " + err.Error() + ".",
			Mend: fmt.Sprintf("Use a PNG, JPEG, WebP or GIF of at most %d × %d pixels and %d kB.", maxLogoSide, maxLogoSide, maxLogo>>10),
		}, url)
	}
	hash = hashOf(picture)
	if err := l.Store.SaveLogo(ctx, hash, picture, l.Now()); err != nil {
		return "", fmt.Errorf("keeping a logo: %w", err)
	}
	return hash, nil
}

// Keep makes a logo of a picture that somebody of this instance brought, keeps it and returns its hash. The error says what is
// wrong with the picture, as a *Failure, or is the store's.
func (l *Logos) Keep(ctx context.Context, picture []byte) (hash string, err error) {
	small, err := l.reencode(picture)
	if err != nil {
		return "", &Failure{
			Kind: audit.FailureDocument, Message: "The picture " + err.Error() + ".",
			Mend: fmt.Sprintf("Use a PNG, JPEG, WebP or GIF of at most %d × %d pixels.", maxLogoSide, maxLogoSide),
		}
	}
	hash = hashOf(small)
	if err := l.Store.SaveLogo(ctx, hash, small, l.Now()); err != nil {
		return "", fmt.Errorf("keeping a logo: %w", err)
	}
	return hash, nil
}

func aboutLogo(err error, url string) error {
	if failure, ok := errors.AsType[*Failure](err); ok {
		failure.Value = shorten(url)
	}
	return err
}

// reencode makes a small PNG of a picture. A picture that a decoder does not survive is a broken one.
func (l *Logos) reencode(body []byte) (small []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			small, err = nil, errors.New("is broken")
		}
	}()
	format, err := formatOf(body)
	if err != nil {
		return nil, err
	}
	config, err := format.config(bytes.NewReader(body))
	switch {
	case err != nil:
		return nil, errors.New("is a broken " + format.name)
	case config.Width < 1 || config.Height < 1 || config.Width > maxLogoSide || config.Height > maxLogoSide:
		return nil, fmt.Errorf("has %d × %d pixels", config.Width, config.Height)
	}
	l.decoding.Lock()
	defer l.decoding.Unlock()
	whole, err := format.decode(bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("is a broken " + format.name)
	}
	if b := whole.Bounds(); b.Dx() < 1 || b.Dy() < 1 || b.Dx() > maxLogoSide || b.Dy() > maxLogoSide {
		return nil, fmt.Errorf("has %d × %d pixels", b.Dx(), b.Dy())
	}
	var out bytes.Buffer
	err = png.Encode(&out, scaled(whole))
	return out.Bytes(), err
}

// scaled draws a picture anew, within the size that is shown.
func scaled(whole image.Image) image.Image {
	from := whole.Bounds()
	width, height := from.Dx(), from.Dy()
	if longest := max(width, height); longest > logoSide {
		width, height = max(1, width*logoSide/longest), max(1, height*logoSide/longest)
	}
	small := image.NewNRGBA(image.Rect(0, 0, width, height))
	draw.CatmullRom.Scale(small, small.Bounds(), whole, from, draw.Src, nil)
	return small
}

// format is a kind of picture that is read. Its bytes say which it is; the media type does not count.
type format struct {
	name   string
	magic  string // at the beginning; a ? stands for any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error) // of a moving picture, the first one
}

var formats = []format{
	{"PNG", "\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"JPEG", "\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
	{"GIF", "GIF8?a", gif.DecodeConfig, gif.Decode},
	{"WebP", "RIFF????WEBPVP8", webp.DecodeConfig, webp.Decode},
}

func formatOf(body []byte) (format, error) {
	for _, f := range formats {
		if f.begins(body) {
			return f, nil
		}
	}
	start := bytes.ToLower(bytes.TrimLeft(body[:min(len(body), 512)], "\xef\xbb\xbf \t\r\n"))
	if bytes.Contains(start, []byte("<svg")) {
		return format{}, errors.New("is an SVG, which can carry scripts")
	}
	return format{}, errors.New("is no picture of a kind that is read")
}

func (f format) begins(body []byte) bool {
	if len(body) < len(f.magic) {
		return false
	}
	for i := range len(f.magic) {
		if f.magic[i] != '?' && f.magic[i] != body[i] {
			return false
		}
	}
	return true
}
