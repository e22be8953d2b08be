#!/usr/bin/env python3
"""Times `saoy serve` on loopback: drop to verdict, and a reviewer while fifty strangers upload.

    benches/server/load.py target/release/saoy SIGNED.pdf [--station OUT]

SIGNED.pdf is a signed file of the size that is meant. OUT is an output folder of
`saoy digitize` whose fields are answered as they are. Everything else is made in a folder that goes away.
"""
import argparse, html, http.client, os, pathlib, re, statistics, subprocess, tempfile, threading, time, urllib.parse

PASSWORD = "mat khau do toc do"
BOUNDARY = "saoy-load"


def multipart(fields, name, data):
    parts = b""
    for key, value in fields.items():
        parts += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
    parts += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'.encode()
    return parts + data + f"\r\n--{BOUNDARY}--\r\n".encode()


class Client:
    def __init__(self, address):
        self.address, self.cookie, self.word = address, None, ""

    def send(self, method, path, body=None, kind=None, accept=None):
        connection = http.client.HTTPConnection(self.address, timeout=300)
        headers = {}
        if kind:
            headers["Content-Type"] = kind
        if accept:
            headers["Accept"] = accept
        if self.cookie:
            headers["Cookie"] = self.cookie
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, answer.headers, data

    def log_in(self, login):
        body = urllib.parse.urlencode({"login": login, "password": PASSWORD, "next": "/"})
        status, headers, _ = self.send("POST", "/login", body, "application/x-www-form-urlencoded")
        assert status == 303, status
        self.cookie = headers["Set-Cookie"].split(";")[0]
        page = self.send("GET", "/")[2].decode()
        self.word = re.search(r'name="form" value="([^"]+)"', page)[1]

    def verify(self, data):
        began = time.perf_counter()
        status, headers, _ = self.send("POST", "/verify", multipart({}, "a.pdf", data), f"multipart/form-data; boundary={BOUNDARY}")
        if status == 429:
            return None
        assert status == 303, status
        status, _, page = self.send("GET", headers["Location"])
        assert status == 200 and b'class="verdict ' in page
        return time.perf_counter() - began


def quantile(times, share):
    times = sorted(times)
    return times[min(len(times) - 1, int(len(times) * share))] * 1000


def memory(process):
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return {key: int(re.search(rf"{key}:\s+(\d+)", text)[1]) / 1024 for key in ("VmRSS", "VmHWM")}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("saoy")
    arguments.add_argument("file")
    arguments.add_argument("--station")
    given = arguments.parse_args()
    data = pathlib.Path(given.file).read_bytes()
    folder = tempfile.mkdtemp(prefix="saoy-load-")
    password = os.path.join(folder, "password")
    pathlib.Path(password).write_text(PASSWORD)
    base = [given.saoy, "--ui", "en", "--data", os.path.join(folder, "data")]
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(base + ["archive", "init", "--office", "Office", "--code", "H57.12", "--base-url", "https://a.example", "--by", "root"], **quiet)
    for login, role in (("root", "administrator"), ("clerk", "clerk")):
        subprocess.run(base + ["archive", "appoint", login, "--by", "root", "--name", login, "--role", role, "--authority", "1"], **quiet)
        subprocess.run(base + ["account", "add", login, "--password-file", password], **quiet)
    serve = base + ["serve", "--listen", "127.0.0.1:0", "--quiet"] + (["--station", given.station] if given.station else [])
    process = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
    address = process.stdout.readline().strip().removeprefix("http://").rstrip("/")
    try:
        stranger = Client(address)
        stranger.verify(data)
        times = []
        for _ in range(100):
            took = stranger.verify(data)
            while took is None:
                time.sleep(1)
                took = stranger.verify(data)
            times.append(took)
        print(f"drop to verdict, {len(data) / 1e6:.2f} MB, 100 times: p50 {quantile(times, .5):.0f} ms, p95 {quantile(times, .95):.0f} ms")

        reviewer = Client(address)
        reviewer.log_in("clerk")
        before = memory(process)
        stop, uploads, refused = threading.Event(), [], [0]

        def upload():
            # Strangers from one address are held to sixty at once and then one a second.
            own = Client(address)
            while not stop.is_set():
                took = own.verify(data)
                if took is None:
                    refused[0] += 1
                    time.sleep(.2)
                else:
                    uploads.append(took)

        threads = [threading.Thread(target=upload) for _ in range(50)]
        for thread in threads:
            thread.start()
        pages, answers = [], []
        end = time.time() + 30
        while time.time() < end:
            began = time.perf_counter()
            status, _, page = reviewer.send("GET", "/review")
            pages.append(time.perf_counter() - began)
            assert status == 200, status
            found = re.search(r'name="document" value="([^"]*)".*?name="field" value="([^"]*)"', page.decode(), re.S)
            if found:
                was = html.unescape(re.search(r'name="was" value="([^"]*)"', page.decode())[1])
                fields = {"form": reviewer.word, "document": html.unescape(found[1]), "field": html.unescape(found[2]), "value": was, "was": was}
                began = time.perf_counter()
                status, _, _ = reviewer.send("POST", "/review/answer", urllib.parse.urlencode(fields), "application/x-www-form-urlencoded", "application/json")
                answers.append(time.perf_counter() - began)
                assert status == 200, status
        stop.set()
        for thread in threads:
            thread.join()
        after = memory(process)
        print(f"fifty uploading for 30 s ({len(uploads)} verdicts, p95 {quantile(uploads, .95):.0f} ms; {refused[0]} told to wait)")
        print(f"reviewer meanwhile: {len(pages)} pages p50 {quantile(pages, .5):.0f} ms, p95 {quantile(pages, .95):.0f} ms"
              + (f"; {len(answers)} answers p95 {quantile(answers, .95):.0f} ms" if answers else ""))
        print(f"memory of the server: {before['VmRSS']:.0f} MB before, {after['VmRSS']:.0f} MB after, {after['VmHWM']:.0f} MB at most")
    finally:
        process.terminate()
        process.wait()
        subprocess.run(["rm", "-rf", folder])


if __name__ == "__main__":
    main()
