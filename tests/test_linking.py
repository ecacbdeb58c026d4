"""The same actor in many articles: who is joined to whom, by what, and who is left apart."""

import pytest

from onrecord.corpus import linking

NOTHING = {"role": None, "affiliation": None, "country": None, "side": None, "mentions": 1, "quotes": 0, "words": 0}


def person(name, role=None, affiliation=None, country=None):
    return body(name, "person", country) | {"role": role, "affiliation": affiliation}


def body(name, kind="organisation", country=None):
    return NOTHING | {"actor_id": linking.article.slugify(name), "name": name, "kind": kind, "country": country}


class Store:
    """What `Index` keeps of the actors, in memory."""

    def __init__(self):
        self.known = {}

    def with_key(self, key):
        return [one for one in self.known.values() if one.key == key]

    def add(self, actors, article, day=None):
        found = []
        for identifier, link, known in linking.of_article(actors, article, day, self.with_key, self.known.__contains__):
            found.append((identifier, link))
            if known is not None:
                self.known[known.corpus_actor_id] = known
        return found


# The articles one after another, an actor each; who the last one is, and what joins it.
MAYOR = person("Ann Lee", "mayor of Ayr", "Ayr")
CASES = [
    ([MAYOR], "ann-lee", "new"),
    ([MAYOR, person("Ann Lee", "mayor of Ayr", "Ayr")], "ann-lee", "name"),
    ([MAYOR, person("Ann Lee")], "ann-lee", "name"),
    ([person("Mary O'Brien"), person("Mary O’Brien")], "mary-obrien", "name"),
    ([person("Bo Sørensen"), person("Bo Sorensen")], "bo-sørensen", "name"),
    ([person("Ann Smith-Jones"), person("Ann Smith‑Jones")], "ann-smith-jones", "name"),
    ([MAYOR, person("Ann Lee", "wife")], "ann-lee", "name"),
    ([MAYOR, person("Ann Lee", "goalkeeper for Leeds", "Leeds")], "ann-lee--a-2", "apart"),
    ([MAYOR, person("Ann Lee", "senator for Fife", "Fife")], "ann-lee", "name"),
    ([*[MAYOR] * 10, person("Ann Lee", "goalkeeper for Leeds", "Leeds")], "ann-lee", "name"),
    ([MAYOR, person("Ann Lee", "goalkeeper for Leeds", "Leeds"), MAYOR], "ann-lee", "name"),
    ([person("Ann Lee", country="GBR"), person("Ann Lee", country="GBR")], "ann-lee", "name and country"),
    ([person("Ann Lee", country="GBR"), person("Ann Lee", country="USA")], "ann-lee-2", "new"),
    ([person("Ann Lee", country="GBR"), person("Ann Lee", country="USA"), person("Ann Lee")], "ann-lee--a-3", "apart"),
    (
        [person("Ann Lee", country="GBR"), person("Ann Lee", country="USA"), person("Ann Lee", country="USA")],
        "ann-lee-2",
        "name and country",
    ),
    (
        [*[person("Ann Lee", country="GBR")] * 10, person("Ann Lee", country="USA"), person("Ann Lee")],
        "ann-lee",
        "name",
    ),
    ([person("Ann Lee", country="GBR"), person("Ann Lee"), person("Ann Lee", country="USA")], "ann-lee-2", "new"),
    ([person("Donald J. Trump"), person("Donald Trump")], "donald-j-trump", "name"),
    ([person("Donald J. Trump"), person("Donald John Trump")], "donald-j-trump", "name"),
    ([person("George W. Bush"), person("George H. W. Bush")], "george-h-w-bush", "new"),
    ([person("Al Gore Sr."), person("Al Gore Jr.")], "al-gore-jr", "new"),
    ([person("Al Gore"), person("Al Gore Jr.")], "al-gore", "name"),
    ([person("José Núñez"), person("Jose Nunez")], "josé-núñez", "name"),
    ([person("Ann Lee"), person("ANN LEE")], "ann-lee", "name"),
    ([person("Volodymyr Zelenskyy"), person("Volodymyr Zelensky")], "volodymyr-zelenskyy", "name"),
    ([person("Viktor Yanukovych"), person("Victor Yanukovich")], "viktor-yanukovych", "name"),
    ([person("Ann Berger"), person("Ann Burger")], "ann-burger", "new"),
    ([person("Sergei Lavrov"), person("Sergey Lavrov")], "sergei-lavrov", "name"),
    ([person("Lee"), person("Lee")], "lee--a-2", "apart"),
    ([person("Bashar al-Assad"), person("Bashar al-Assad")], "bashar-al-assad", "name"),
    ([person("Ursula von der Leyen"), person("Ursula von der Leyen")], "ursula-von-der-leyen", "name"),
    ([person("Spokesman for Ann Lee"), person("Spokesman for Ann Lee")], "spokesman-for-ann-lee--a-2", "apart"),
    ([person("Party chairman"), person("Party chairman")], "party-chairman--a-2", "apart"),
    ([body("Russia", "state", "RUS"), body("Russia", "state", "RUS")], "russia", "known"),
    ([body("NATO"), body("NATO")], "nato", "known"),
    ([body("Lee Foundation"), body("Lee Foundation")], "lee-foundation", "name"),
    ([body("Green Party", country="USA"), body("Green Party", country="DEU")], "green-party-2", "new"),
    ([body("Supreme Court"), body("Supreme Court")], "supreme-court--a-2", "apart"),
    ([body("Supreme Court", country="USA"), body("Supreme Court", country="USA")], "supreme-court", "name and country"),
    ([body("Supreme Court", country="USA"), body("Supreme Court", country="IND")], "supreme-court-2", "new"),
    (
        [body("Ministry of Health", "government"), body("Ministry of Health", "government")],
        "ministry-of-health--a-2",
        "apart",
    ),
    ([body("Critics", "group"), body("Critics", "group")], "critics--a-2", "apart"),
    ([body("Apple"), body("Apple", "media")], "apple-2", "new"),
]


@pytest.mark.parametrize(("actors", "identifier", "link"), CASES)
def test_who_is_joined_to_whom(actors, identifier, link):
    store = Store()
    for nth, actor in enumerate(actors, start=1):
        (found,) = store.add([actor], f"a-{nth}")
    assert found == (identifier, link)


def test_two_actors_of_one_article_stay_two():
    store = Store()
    store.add([person("Donald Trump", country="USA")], "a-1")
    both = [person("Donald Trump", country="USA"), person("Donald J. Trump", country="USA")]
    assert store.add(both, "a-2") == [("donald-trump", "name and country"), ("donald-j-trump--a-2", "apart")]


def test_what_is_known_grows():
    store = Store()
    store.add([person("Ann Lee") | {"mentions": 2, "quotes": 1, "words": 7}], "a-1", "2024-05-02")
    store.add([person("Ann Lee", "mayor", "Ayr", "GBR") | {"mentions": 3, "side": "GBR"}], "a-2", "2024-05-01")
    store.add([person("Ann Lee")], "a-3")
    ann = store.known["ann-lee"]
    assert (ann.articles, ann.mentions, ann.quotes, ann.words) == (3, 6, 1, 7)
    assert (ann.country, ann.role, ann.side) == ("GBR", "mayor", "GBR")
    assert (ann.first, ann.last, ann.certain) == ("2024-05-01", "2024-05-02", False)
