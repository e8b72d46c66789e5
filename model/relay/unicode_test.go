package relay

import (
	"bytes"
	"testing"
	"unicode"
)

// TestUniqueKeysIgnoreCaseAndNormalisationFormOnly checks cases in which collations and full case
// folding differ.
func TestUniqueKeysIgnoreCaseAndNormalisationFormOnly(t *testing.T) {
	for _, test := range []struct {
		name, a, b string
		equal      bool
	}{
		{"case", "Bug", "bUG", true},
		{"case of accented letters", "ÉTÉ", "été", true},
		{"case beyond the basic plane", "𐐀", "𐐨", true},
		{"case that is younger than the collation", "Ꭰ", "ꭰ", true},
		{"capital sharp s", "MAẞE", "maße", true},
		{"three sigmas", "ΣΑΣ", "σας", true},
		{"Kelvin sign", "\u212a", "k", true},
		{"Ångström sign", "\u212b", "å", true},
		{"long s", "ſ", "S", true},
		{"title case", "ǅ", "ǆ", true},
		{"three cases", "Ǆ", "ǅ", true},
		{"normalisation form", "e\u0301", "é", true},
		{"Hangul jamo", "\u1112\u1161\u11ab", "한", true},
		{"voiced kana", "は\u3099", "ば", true},
		{"order of accents", "a\u0323\u0302", "a\u0302\u0323", true},
		{"capital without a precomposed form", "J\u030c", "ǰ", true},
		{"accents after folding", "\u03d2\u0301", "\u03d3", true},
		{"iota below", "ᾼ", "ᾳ", true},
		{"iota below and beside", "ᾳ", "αι", false},
		{"accents", "año", "ano", false},
		{"accents of addresses", "jose@example.com", "josé@example.com", false},
		{"sharp s", "Maße", "Masse", false},
		{"voicing", "ハハ", "パパ", false},
		{"small kana", "ツ", "ッ", false},
		{"kana", "はは", "ハハ", false},
		{"width", "Ａ", "A", false},
		{"half width", "ﾊ", "ハ", false},
		{"ligature", "ﬁ", "fi", false},
		{"Turkish capital", "İ", "i", false},
		{"Turkish small", "ı", "I", false},
		{"Turkish letters", "İ", "ı", false},
		{"trailing space", "a", "a ", false},
		{"zero-width joiner", "👩\u200d🚀", "👩🚀", false},
		{"variation selector", "❤", "❤\ufe0f", false},
		{"soft hyphen", "ab", "a\u00adb", false},
		{"Arabic vowel", "كتب", "كَتب", false},
		{"Hebrew point", "ש", "שׁ", false},
		{"Thai tone", "มา", "ม่า", false},
		{"digits", "1", "١", false},
		{"superscript", "2", "²", false},
		{"Æ", "Æ", "AE", false},
		{"Ø", "Ø", "O", false},
		{"Ł", "ł", "l", false},
		{"Cyrillic look-alike", "а", "a", false},
		{"ё", "ё", "е", false},
		{"traditional", "國", "国", false},
		{"empty and ignorable", "", "\u200b", false},
	} {
		if equal := bytes.Equal(UniqueKey(test.a), UniqueKey(test.b)); equal != test.equal {
			t.Errorf("%s: %q and %q have the same key: %t, want %t", test.name, test.a, test.b, equal, test.equal)
		}
	}
}

// TestCaseFoldingIsUnicodes checks each character, alone and in a string: characters that Unicode
// folds to each other have the same key, and others a different one.
func TestCaseFoldingIsUnicodes(t *testing.T) {
	folded := map[rune]rune{} // to the least character that folds to it
	pairs := 0
	for r := range rune(unicode.MaxRune + 1) {
		if !unicode.IsGraphic(r) {
			continue
		}
		least := r
		for s := unicode.SimpleFold(r); s != r; s = unicode.SimpleFold(s) {
			least = min(least, s)
		}
		f := foldRune(r)
		if other, ok := folded[f]; ok && other != least {
			t.Errorf("%U and %U have the same key", r, other)
		}
		folded[f] = least
		if foldRune(least) != f {
			t.Errorf("%U and %U have different keys", r, least)
		}
		if once := foldCase(string(r)); foldCase(once) != once {
			t.Errorf("%U: folding twice differs from folding once: %q", r, once)
		}
		if r != least {
			pairs++
		}
	}
	if pairs < 1000 {
		t.Errorf("only %d characters have another case", pairs)
	}
}
