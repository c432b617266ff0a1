"""The roles of the database that `tiendo migrate` makes: the API's and the worker's."""

import asyncpg

from app.config import Settings
from app.home.errors import StartError
from app.queries.roles import grant_privileges, make_login, make_roles, missing_roles, quoted_user


async def ensure_roles(settings: Settings) -> None:
    """Make the roles that are missing, and let each do what it must with the tables there are.

    Raises `StartError`, with what an administrator of the database has to run, where whoever
    migrates may make no roles.
    """
    connection = await asyncpg.connect(settings.driver_url())
    try:
        missing = await missing_roles(connection)
        if missing:
            await make_roles(connection, missing)
        for role, url in settings.login_urls.items():
            await make_login(connection, url, role)
        await grant_privileges(connection)
    except asyncpg.InsufficientPrivilegeError as error:
        raise await _refusal(connection, str(error)) from None
    finally:
        await connection.close()


async def _refusal(connection: asyncpg.Connection, reason: str) -> StartError:
    user = await quoted_user(connection)
    missing = await missing_roles(connection)
    statements = "".join(f"\n  create role {role}; grant {role} to {user};" for role in missing)
    return StartError(
        f"Người dùng {user} không tạo được vai trò trong cơ sở dữ liệu ({reason}); người quản trị"
        f" PostgreSQL hãy chạy các lệnh sau, rồi chạy lại `tiendo migrate`:{statements}",
        f"The user {user} can't make the roles of the database ({reason}); an administrator of"
        f" PostgreSQL runs the following, and then you run `tiendo migrate` again:{statements}",
    )
