"""What the Spanish and French frontends share: gruut's pronunciations, without gruut.

MeloTTS reads both languages with gruut (M. Hansen, MIT), word by word, from the lexicons that espeak-ng spoke for
it; a word that they lack is guessed by a conditional random field. Of gruut only its data is used here: the package
itself asks for networkx, babel, dateparser and more, 0.4 s of import and 50 MB that a word by word reader does not
need. Its data packages, `gruut-lang-es` (129 MB) and `gruut-lang-fr`, are needed where a bundle is built.
"""
