# The image that Fly runs. Two stages: what builds stays behind; what serves is Debian's Python, the
# locked packages and the program, compiled, owned by root and run by somebody else.
#
# tests/fly/rehearsal.py carries these very steps out in a bare Debian, without Docker.

FROM debian:12-slim AS build

RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv

# pip lives apart: the environment that is copied holds only what the program imports.
RUN python3 -m venv /tools && python3 -m venv --without-pip /opt/esensi

COPY requirements.txt /build/requirements.txt
RUN /tools/bin/pip --python /opt/esensi/bin/python install --quiet --no-cache-dir --no-compile --no-deps --require-hashes -r /build/requirements.txt

# daphne serves `runserver` with debug pages, which no deployed house shows; Twisted came with it.
RUN /tools/bin/pip --python /opt/esensi/bin/python uninstall --quiet --yes daphne autobahn twisted

# Much of what packages bring is never read here: languages that the house does not speak, services of
# Amazon other than S3, and the packages' own tests.
RUN cd /opt/esensi/lib/python3*/site-packages && find . -type d -path '*/locale/*' -prune ! -name en ! -name id -exec rm -rf {} + && find botocore/data -mindepth 1 -maxdepth 1 -type d ! -name s3 ! -name sts -exec rm -rf {} + && find zope fontTools -type d \( -name test -o -name tests \) -prune -exec rm -rf {} +

WORKDIR /app
COPY manage.py /app/manage.py
COPY esensi /app/esensi
COPY sites /app/sites
COPY realtime /app/realtime
COPY storage /app/storage

# Hashed names, compressed once. The settings want secrets; these are none, and stay in this stage.
RUN ESENSI_ENV=production SECRET_KEY=for-the-build-only-0123456789-abcdefghijklmnopqrstuvwxyz DATABASE_URL=postgresql://nobody@database.invalid/esensi EMAIL_URL=smtp://mail.invalid FILES_BACKEND=folder PYTHONDONTWRITEBYTECODE=1 /opt/esensi/bin/python manage.py collectstatic --noinput --verbosity 0

# Compiled once, and never looked at again: a start reads neither sources nor their dates.
RUN /opt/esensi/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/esensi/lib /app


FROM debian:12-slim

RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates python3 tzdata && rm -rf /var/lib/apt/lists/* /var/cache/apt/* && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin esensi

COPY --from=build /opt/esensi /opt/esensi
COPY --from=build /app /app

WORKDIR /app
ENV PATH=/opt/esensi/bin:/usr/local/bin:/usr/bin:/bin PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PORT=8080
USER esensi
EXPOSE 8080

# No shell in between: signals reach the server itself.
CMD ["python", "-m", "esensi.server"]
