"""reasons that the service gives are in one language"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# What people wrote stays as it is: only the sentences of the service end so.
ONE_LANGUAGE = r"""
update submission
   set waived_reason = regexp_replace(regexp_replace(replace(split_part(waived_reason, ' / ', 1),
         'Kỳ trước ngày theo dõi.', 'Kỳ báo cáo trước ngày bắt đầu theo dõi.'),
         'từ (\d{4})-(\d\d)-(\d\d)\.$', 'từ ngày \3/\2/\1.'), '/0([3-9])/', '/\1/')
 where waived_reason ~ (' / (The (plan was amended|assignment was|task is done)|Merged into the'
         || ' successor|Before the plan was followed|Superseded by the reporting regime).*\.$')
"""


def upgrade() -> None:
    op.execute(ONE_LANGUAGE)


def downgrade() -> None:
    """The sentences stay: whoever reads them needs no second language."""
