"""Names that are not those of the 66 books, in the three languages.

They are known so that they can be refused by name: `Judith` is not a misspelt `Judas`, nor
`Ecclesiasticus` a misspelt `Ecclesiastes`. A numeral in front of any of them changes nothing.
"""

WRITINGS = """
Tobit, Tobias, Tobías, Tob, Judith, Judit, Judite, Jdt, Jdth
Greek Esther, Esther Greek, Ester griego, Ester grega, Est gr, Gr est, Gk esth
Additions to Esther, Rest of Esther
Wisdom, Wisdom of Solomon, Sabiduría, Sabiduría de Salomón, Sabedoria, Sabedoria de Salomão
Wis, Sab, Sirach, Ecclesiasticus, Eclesiástico, Sirácida, Sirácides, Sir, Sirac, Ben Sira, Ecclus
Baruch, Baruc, Baruque, Baruk, Bar
Letter of Jeremiah, Carta de Jeremías, Epistle of Jeremiah, Carta Jer, Ep Jer, Letter of Jeremy
Susanna, Susana, Sus, História de Susana
Bel and the Dragon, Bel y el dragón, Bel e o dragão, Bel
Prayer of Azariah, Azariah, Azarías, Oración de Azarías, Cántico de Azarías, Pr azar, Sal azar
Prayers of Azariah, Salmo de Azarias, Or azar, Or az
Song of the Three, Song of the Three Young Men, Song of the Three Holy Children
Canto de los tres jóvenes, Himno de los tres jóvenes, Tres jóvenes, Cântico dos três jovens
Prayer of Manasseh, Manasseh, Manassés, Oración de Manasés, Prece de Manassés, Pr man, Or man
Maccabees, Macabeos, Macabeus, Mac, Macc, Mc, Esdras, Esd, Ezra
Odes, Psalms of Solomon, Salmos de Salomón, Salmos de Salomão, Odes of Solomon
Enoch, Henoc, Enoque, Jubilees, Jubileos, Jubileus, Hermas, Shepherd of Hermas, Barnabas, Bernabé
Didache, Clement, Clemente, Clement of Rome, Laodiceans, Laodicenses, Thomas, Tomás, Tomé
Assumption of Moses, Testament of Job, Apocalypse of Peter, Apocalypse of Paul, Acts of Paul
Apocalipsis de Pedro, Apocalipse de Pedro, Acts of Peter, Acts of John, Kingdoms, Reinos
"""

PEOPLE_AND_PLACES = """
Abdiel, Abraham, Adam, Asaiah, Boaz, David, Davi, Easter, Haniel, Hebron, Hoshea, Ishmael, Israel
Jabez, Jael, Jehoshua, Jericho, Jerusalem, Jeshua, Jesus, Jesús, Jesua, Joanna, Jonathan, Jordan
Jose, Joseph, José, Josiah, Josías, Juana, Judah, Judá, Judea, Lazarus, Martha, Marta, Mary, María
Matthias, Matías, Micaiah, Milcah, Moses, Moisés, Naomi, Nehum, Noah, Noé, Obed, Ozías, Paul, Pablo
Salem, Salmon, Samson, Saul, Shephatiah, Silas, Solomon, Uzziah, Zacchaeus, Zebadiah, Zebedee, Zion
"""
