"""The databases that are queried: a copy of Chinook in memory, and small random graphs in the zoos."""
import gc
import os
import sqlite3
import sys
from pathlib import Path

from sqlalchemy import create_engine, event, inspect
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import OrderedSet as OrderedPropertySet

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import chinook                     # noqa: E402
from zoo import ZOO, OrderedSet    # noqa: E402

CHINOOK_FILE = Path(os.environ.get("CHINOOK", HERE.parents[3] / "examples" / "data" / "Chinook_Sqlite.sqlite"))

# The zoos whose queries differ from those of Chinook or of one another.
ZOOS = [
    "o2m_bi", "o2m_set", "o2m_backref", "three_levels", "o2o", "multi_path", "m2m_bi", "m2m_set_delete",
    "assoc_object", "self_ref", "self_m2m", "custom_join_viewonly", "one_way_backref", "composite_fk",
    "no_constraint", "post_update", "self_pointing", "natural_pk", "keyed_dict", "ordered_list",
    "eager_joined", "eager_selectin", "eager_subquery", "eager_mixed", "lazy_raise", "self_ref_joined",
]
OFTEN = ["o2o", "self_m2m", "custom_join_viewonly", "ordered_list", "assoc_object", "self_m2m", "composite_fk", "custom_join_viewonly", "keyed_dict", "ordered_list",
         "self_ref", "self_ref", "self_ref_joined", "self_ref_joined", "m2m_set_delete", "eager_joined",
         "eager_selectin", "eager_subquery", "eager_mixed", "lazy_raise", "lazy_raise"]
TOO_MUCH = 60_000_000            # steps of SQLite's machine, after which a query is given up


class Database:
    """A mapping, and an engine on its data."""

    def __init__(self, name, base, options, connection, setup=None):
        self.name, self.Base, self.options, self.setup = name, base, options, setup
        self.classes = {m.class_.__name__: m.class_ for m in base.registry.mappers}
        self.raw = connection
        self.engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool,
                                    query_cache_size=0)      # nothing carries over from query to query
        self.statements = []
        self.most = None
        event.listen(self.engine, "before_cursor_execute", self._on_sql)
        base.registry.configure()
        self.reverse(False)

    def _on_sql(self, conn, cursor, statement, parameters, context, executemany):
        self.statements.append(statement)
        if self.most is not None and len(self.statements) > self.most:
            raise TooMuch()

    def reverse(self, on):
        """Turns round what SQLite and SQLAlchemy leave open: the order of rows, and that of a mapper's attributes.

        SQLAlchemy keeps the latter in a set that is ordered by addresses in memory.
        """
        self.raw.execute(f"PRAGMA reverse_unordered_selects={'ON' if on else 'OFF'}")
        for m in self.Base.registry.mappers:
            props = list(m._props.values())
            m.__dict__["_prop_set"] = OrderedPropertySet(reversed(props) if on else props)

    def guard(self, on):
        """Gives up after so many steps, for queries that multiply too many rows."""
        if not on:
            return self.raw.set_progress_handler(None, 0)
        left = [TOO_MUCH // 100_000]

        def step():
            left[0] -= 1
            return left[0] < 0
        self.raw.set_progress_handler(step, 100_000)


class TooMuch(Exception):
    pass


_known = {}


def open_chinook():
    if "chinook" not in _known:
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        source = sqlite3.connect(f"file:{CHINOOK_FILE}?mode=ro", uri=True)
        source.backup(connection)
        source.close()
        _known["chinook"] = Database("chinook", chinook.Base, {}, connection)
        gc.collect()
        gc.freeze()
    return _known["chinook"]


def mapping(name):
    """The classes of a zoo, made once."""
    if name not in _known:
        gc.disable()
        base, options = ZOO[name]()
        classes = {m.class_.__name__: m.class_ for m in base.registry.mappers}
        base.registry.configure()
        gc.enable()
        _known[name] = (base, options, classes)
        gc.collect()
        gc.freeze()                # mappings stay: no need to look through them again and again
    return _known[name]


def open_zoo(name, setup):
    """A zoo with rows: {table: {"columns": [...], "rows": [[...]]}}, inserted with foreign keys off."""
    base, options, _ = mapping(name)
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    db = Database("zoo:" + name, base, options, connection, setup)
    base.metadata.create_all(db.engine)
    connection.execute("PRAGMA foreign_keys=OFF")
    for table, content in setup.items():
        marks = ", ".join("?" * len(content["columns"]))
        names = ", ".join(f'"{c}"' for c in content["columns"])
        connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', content["rows"])
    connection.commit()
    db.statements.clear()
    return db


def open_database(line):
    if line["db"] == "chinook":
        return open_chinook()
    return open_zoo(line["db"].split(":", 1)[1], line["setup"])


WORDS = ["ed", "wendy", "mary", "fred", "jack", "sasha", "Öyvind", "pat", "tony"]


def fill(name, rng):
    """A deterministic random graph for a zoo."""
    base, options, classes = mapping(name)
    mappers = {m.local_table.name: m for m in base.registry.mappers}
    single = set()                 # foreign keys of one-to-one relationships
    for m in base.registry.mappers:
        for r in m.relationships:
            if not r.uselist and r.direction.name == "ONETOMANY":
                single |= {c.name + "@" + c.table.name for c in r.remote_side}
    tables = list(base.metadata.tables.values())
    tables.sort(key=lambda t: t.name)
    keys, setup = {}, {}

    def own_key(table):
        cols = list(table.primary_key.columns)
        return not any(c.foreign_keys for c in cols)

    for table in tables:           # first every key, then what refers to them
        cols = list(table.primary_key.columns)
        if not own_key(table):
            continue
        n = rng.randint(4, 9)
        if len(cols) == 1 and cols[0].type.python_type is str:
            keys[table.name] = [(f"{cols[0].name[0]}{i}",) for i in range(1, n + 1)]
        elif len(cols) == 1:
            keys[table.name] = [(i,) for i in sorted(rng.sample(range(1, 2 * n), n))]
        else:
            pairs = [(a, b) for a in range(1, 5) for b in range(1, 5)]
            keys[table.name] = sorted(rng.sample(pairs, n))
    for table in tables:
        cols = list(table.primary_key.columns)
        constraints = sorted(table.foreign_key_constraints, key=lambda c: [e.parent.name for e in c.elements])
        if not own_key(table):     # an association: some pairs, in order
            targets = [next(iter(c.foreign_keys)).column.table.name for c in cols]
            pairs = [a + b for a in keys[targets[0]] for b in keys[targets[1]]]
            keys[table.name] = sorted(rng.sample(pairs, min(len(pairs), rng.randint(6, 14))))
        rows, used, serial = [], {}, 0
        for key in keys[table.name]:
            row = {c.name: v for c, v in zip(cols, key)}
            for con in constraints:
                names = [e.parent.name for e in con.elements]
                if names[0] in row:
                    continue
                target = con.referred_table.name
                choices = [k for k in keys[target] if target != table.name or k < key or name == "self_pointing"]
                if any(f"{n}@{table.name}" in single for n in names):
                    choices = [k for k in choices if k not in used.setdefault(names[0], set())]
                nullable = all(e.parent.nullable for e in con.elements)
                if not choices or (nullable and rng.random() < 0.2):
                    row.update(dict.fromkeys(names))
                    continue
                chosen = rng.choice(choices)
                used.setdefault(names[0], set()).add(chosen)
                row.update(zip(names, chosen))
            for c in table.columns:
                if c.name in row:
                    continue
                pool = options.get("values", {}).get(c.name)
                serial += 1
                if c.name in options.get("unique", ()):
                    row[c.name] = f"k{serial}"
                elif pool:
                    row[c.name] = rng.choice(pool)
                elif c.type.python_type is int:
                    row[c.name] = serial
                else:
                    row[c.name] = None if c.nullable and rng.random() < 0.15 else rng.choice(WORDS)
            rows.append([row[c.name] for c in table.columns])
        setup[table.name] = {"columns": [c.name for c in table.columns], "rows": rows}
    return setup


def summary(classes):
    """What a generator needs to know: columns by kind, keys and relationships of each class."""
    out = {}
    for name, cls in sorted(classes.items()):
        m = inspect(cls)
        columns = {}
        for prop in m.column_attrs:
            col = prop.columns[0]
            kind = col.info.get("kind") or ("int" if col.type.python_type is int else "text")
            columns[prop.key] = dict(kind=kind, null=bool(col.nullable) and not col.primary_key,
                                     pk=col.primary_key, fk=bool(col.foreign_keys), column=col.name,
                                     table=m.local_table.name)
        rels = {}
        for r in sorted(m.relationships, key=lambda r: r.key):
            pairs = None
            if r.secondary is None and not r.viewonly and r.local_remote_pairs:
                pairs = [(m.get_property_by_column(l).key, r.mapper.get_property_by_column(x).key)
                         for l, x in r.local_remote_pairs]
            rels[r.key] = dict(target=r.mapper.class_.__name__, many=bool(r.uselist), pairs=pairs, lazy=str(r.lazy),
                               self=r.mapper is m, secondary=r.secondary is not None)
        out[name] = dict(columns=columns, rels=rels, pk=[m.get_property_by_column(c).key for c in m.primary_key])
    return out
