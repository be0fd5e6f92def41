package ticket

import "strings"

// A span is a run of text in one face. Nothing is read into its text: what looks
// like markup there is what somebody wrote.
type span struct {
	Text   string
	Code   bool
	Strong bool
}

// plain is text of a person's, who may write what he likes.
func plain(text string) []span { return []span{{Text: oneLine(text)}} }

// sentence takes a text of the ticket's apart: what stands between two backquotes
// is code. A backquote without a second one, or with nothing before the second
// one, is a character.
func sentence(text string) []span {
	var out []span
	text = oneLine(text)
	from := 0 // of the text that is not in out
	for i := 0; i < len(text); i++ {
		if text[i] != '`' {
			continue
		}
		n := strings.IndexByte(text[i+1:], '`')
		if n < 0 {
			break
		}
		inside := text[i+1 : i+1+n]
		if strings.TrimSpace(inside) == "" {
			continue
		}
		if from < i {
			out = append(out, span{Text: text[from:i]})
		}
		out = append(out, span{Text: inside, Code: true})
		i += n + 1
		from = i + 1
	}
	if from < len(text) {
		out = append(out, span{Text: text[from:]})
	}
	return out
}

// labelled is a sentence behind a word that says what it is.
func labelled(label, text string) []span {
	return append([]span{{Text: label, Strong: true}, {Text: " "}}, sentence(text)...)
}

// word is one word or command.
func word(text string) span { return span{Text: oneLine(text), Code: true} }

// wordList is words with commas between them.
func wordList(words []string) []span {
	var out []span
	for i, w := range words {
		if i > 0 {
			out = append(out, span{Text: ", "})
		}
		out = append(out, word(w))
	}
	return out
}

// oneLine keeps a line break from ending a list or a table.
func oneLine(text string) string {
	return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(text)
}
