"""What the Spanish and French frontends share: gruut's pronunciations, without gruut.

MeloTTS reads both languages with gruut (M. Hansen, MIT), word by word, from lexicons of single words that espeak-ng
spoke; a word that they lack is guessed by a conditional random field. Of gruut only its data is used here: the
package itself asks for networkx, babel, dateparser and more, 0.3 s of import and 77 MB of memory, to read a
sentence of 20 new Spanish words in 640 ms, where this takes 0.7 ms and, numpy included, 43 MB. The data packages,
`gruut-lang-es` (129 MB) and `gruut-lang-fr`, are needed where a bundle is built.

The lexicons were made by having espeak-ng read each word twice, "est, est", and keeping the first
(coqui-ai/TTS#680, by gruut's author): a French word that begins with a vowel has the consonant of the liaison to
itself, *est* its t and *ans* its z, wherever it stands. MeloTTS' voices were trained on that, so it stays.
"""
