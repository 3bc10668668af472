package cimd

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/outbound/outboundtest"
)

// shelf keeps logos for a test.
type shelf map[string][]byte

func (s shelf) SaveLogo(_ context.Context, hash string, png []byte, _ time.Time) error {
	s[hash] = png
	return nil
}

func picture(width, height int, c color.Color) *image.Paletted {
	m := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Transparent, c})
	for i := range m.Pix {
		m.Pix[i] = 1
	}
	return m
}

func encoded(t testing.TB, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, m) })
}

// tinyWebP is one red pixel, lossy.
const tinyWebP = "UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoBAAEAAgA0JaACdLoB+AADsAD+8ut//NgVzXPv9//S4P0uD9Lg/9KQAAA="

var red = color.NRGBA{R: 200, A: 255}

func TestALogoIsServedAsAPNGThatWeMade(t *testing.T) {
	webp, err := base64.StdEncoding.DecodeString(tinyWebP)
	if err != nil {
		t.Fatal(err)
	}
	moving := encoded(t, func(b *bytes.Buffer) error {
		return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{picture(20, 10, red), picture(20, 10, color.Black)}, Delay: []int{1, 1}})
	})
	for _, c := range []struct {
		name          string
		body          []byte
		width, height int
	}{
		{"a PNG", asPNG(t, picture(20, 10, red)), 20, 10},
		{"a large one, scaled", asPNG(t, picture(2048, 1024, red)), 256, 128},
		{"a thin one, never to nothing", asPNG(t, picture(2048, 1, red)), 256, 1},
		{"a JPEG", encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, picture(20, 10, red), nil) }), 20, 10},
		{"the first picture of a moving one", moving, 20, 10},
		{"a WebP", webp, 1, 1},
	} {
		net, kept := outboundtest.New(t), shelf{}
		net.Host("app.example.com").JSON("/logo", c.body, "Content-Type", "text/html") // what it is called does not count
		hash, err := (&Logos{Get: net.Client().Get, Store: kept, Now: time.Now}).Take(t.Context(), "https://app.example.com/logo")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if hash != hashOf(kept[hash]) || len(kept) != 1 {
			t.Errorf("%s is kept under %q, which is not its hash", c.name, hash)
		}
		m, err := png.Decode(bytes.NewReader(kept[hash]))
		if err != nil || m.Bounds().Dx() != c.width || m.Bounds().Dy() != c.height {
			t.Errorf("%s became %v, %v; want %d × %d", c.name, m, err, c.width, c.height)
			continue
		}
		if r, g, b, _ := m.At(0, 0).RGBA(); r>>8 < 150 || g>>8 > 60 || b>>8 > 60 {
			t.Errorf("%s has the colour %d %d %d", c.name, r>>8, g>>8, b>>8)
		}
	}
}

// CIMD-02 §8.8: nothing of the bytes but the pixels.
func TestNothingButThePixelsOfALogoRemains(t *testing.T) {
	script := "<script>alert(1)</script>"
	plain := asPNG(t, picture(4, 4, red))
	text := chunk("tEXt", append([]byte("Comment\x00"), script...))
	polyglot := append(append(append(bytes.Clone(plain[:33]), text...), plain[33:]...), script...)
	out, err := new(Logos).reencode(polyglot)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out, []byte("script")) {
		t.Error("the script is still there")
	}
	if clean, err := new(Logos).reencode(plain); err != nil || !bytes.Equal(out, clean) {
		t.Error("the same pixels became another picture")
	}
}

func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// bomb is a PNG that says it has the size, and nothing behind it.
func bomb(width, height uint32) []byte {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(header, 8, 6, 0, 0, 0))...)
}

func TestALogoThatIsNoPictureIsDropped(t *testing.T) {
	for _, c := range []struct {
		name, says string
		body       []byte
	}{
		{"an SVG", "SVG", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)},
		{"an SVG behind a declaration", "SVG", []byte("\xef\xbb\xbf<?xml version=\"1.0\"?>\n<SVG></SVG>")},
		{"a page", "no picture", []byte("<html></html>")},
		{"nothing", "no picture", nil},
		{"a bomb", "100000 × 100000 pixels", bomb(100_000, 100_000)},
		{"one pixel too wide", "2049 × 1 pixels", asPNG(t, picture(2049, 1, red))},
		{"half a PNG", "broken PNG", asPNG(t, picture(64, 64, red))[:60]},
		{"a WebP that says one thing and is another", "broken WebP", []byte("RIFF\x10\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00")},
	} {
		net, kept := outboundtest.New(t), shelf{}
		net.Host("app.example.com").JSON("/logo", c.body, "Content-Type", "image/png")
		_, err := (&Logos{Get: net.Client().Get, Store: kept, Now: time.Now}).Take(t.Context(), "https://app.example.com/logo")
		failure := wantFailure(t, err, audit.FailureDocument)
		if !strings.Contains(failure.Message, c.says) || failure.Value != "https://app.example.com/logo" || len(kept) != 0 {
			t.Errorf("%s: %+v", c.name, failure)
		}
	}
}

func TestALogoIsFetchedUnderTheSameGuardAsADocument(t *testing.T) {
	net := outboundtest.New(t)
	host := net.Host("app.example.com")
	host.JSON("/big", make([]byte, maxLogo+1), "Content-Type", "image/png")
	net.Resolve("internal.example.com", "192.168.1.1")
	for url, kind := range map[string]audit.FailureKind{
		"https://internal.example.com/logo.png": audit.FailureAddress,
		"data:image/png;base64,AAAA":            audit.FailureURL,
		"http://app.example.com/logo.png":       audit.FailureURL,
		"https://app.example.com/big":           audit.FailureTooBig,
		"https://app.example.com/absent":        audit.FailureStatus,
	} {
		_, err := (&Logos{Get: net.Client().Get, Store: shelf{}, Now: time.Now}).Take(t.Context(), url)
		wantFailure(t, err, kind)
	}
}

func FuzzLogosBecomeSmallPNGsOrNothing(f *testing.F) {
	webp, _ := base64.StdEncoding.DecodeString(tinyWebP)
	f.Add(asPNG(f, picture(3, 3, red)))
	f.Add(webp)
	f.Add(encoded(f, func(b *bytes.Buffer) error { return gif.Encode(b, picture(3, 3, red), nil) }))
	f.Add(encoded(f, func(b *bytes.Buffer) error { return jpeg.Encode(b, picture(3, 3, red), nil) }))
	f.Fuzz(func(t *testing.T, body []byte) {
		out, err := new(Logos).reencode(body)
		if err != nil {
			return
		}
		if c, err := png.DecodeConfig(bytes.NewReader(out)); err != nil || c.Width > logoSide || c.Height > logoSide {
			t.Errorf("it became %v, %v", c, err)
		}
	})
}
