from scheduler.foundation.database import Database
from scheduler.tables import offices
import sqlalchemy as sa

def test_x(database: Database):
    with database.read() as c:
        assert c.execute(sa.select(sa.func.count()).select_from(offices)).scalar() == 0
    database.write(lambda c: c.execute(sa.text("insert into numberings values (1, '2026-01-01', 'A', 1)")))

def test_y(database: Database):
    with database.read() as c:
        assert c.execute(sa.text("select count(*) from numberings")).scalar() == 0
