"""Help, languages, consoles that are not UTF-8, wrong use and internal errors."""

import io
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest

HEAVY = ["pandas", "geopandas", "numpy", "pyarrow", "shapely", "pyproj", "fastapi", "folium", "matplotlib", "numba"]


class TestImports:
    def test_the_package_imports_none_of_its_libraries(self, process):
        code = f"import sys, geocensus; print([name for name in {HEAVY} if name in sys.modules])"
        assert process(code=code).stdout == b"[]\n"

    @pytest.mark.parametrize("words", [["--help"], ["check", "--help"], ["check", "--no-such"], ["demo", "--help"]])
    def test_help_and_wrong_use_load_none_of_them(self, process, words, capsys):
        code = (
            f"import sys; sys.argv = ['geocensus', *{words}]\n"
            "from geocensus.__main__ import main\n"
            "try:\n    main()\nexcept SystemExit:\n    pass\n"
            f"print([name for name in {HEAVY} if name in sys.modules])"
        )
        start = time.perf_counter()
        done = process(code=code)
        took = time.perf_counter() - start
        start = time.perf_counter()
        process(code="pass")
        with capsys.disabled():
            sys.stdout.write(f"{' '.join(words)}: {took / (time.perf_counter() - start):.1f} times an empty Python\n")
        assert done.stdout.splitlines()[-1] == b"[]"


class TestLanguage:
    @pytest.mark.parametrize(
        ("words", "environment"),
        [
            (["--help", "--lang", "zh"], {}),
            (["--lang=zh", "--help"], {}),
            (["--help"], {"GEOCENSUS_LANG": "zh"}),
            (["--help"], {"LC_ALL": "zh_CN.UTF-8"}),
        ],
    )
    def test_help_in_chinese(self, process, words, environment):
        text = process(*words, PYTHONIOENCODING="utf-8", **environment).stdout.decode()
        assert "名单进，普查小区与疑点出" in text or "污染源普查" in text
        assert "命令" in text
        assert "显示本说明并退出" in text
        assert "Show this message" not in text

    @pytest.mark.parametrize("command", ["check", "demo", "map", "settings", "basemap"])
    def test_help_of_every_command_in_both_languages(self, process, command):
        chinese = process(command, "--help", "--lang", "zh", PYTHONIOENCODING="utf-8").stdout.decode()
        english = process(command, "--help", "--lang", "en", PYTHONIOENCODING="utf-8").stdout.decode()
        for text in (chinese, english):
            assert f"geocensus {command}" in text  # an example
        assert "选项" in chinese
        assert "Options" in english
        assert "选项" not in english

    @pytest.mark.parametrize(
        ("words", "zh", "en"),
        [
            (["check"], "缺少参数 'SOURCES'", "Missing argument 'SOURCES'"),
            (["chek"], "没有命令 'chek'", "No such command 'chek'"),
            (["check", "a.csv", "--foo"], "没有选项 --foo", "No such option: --foo"),
            (["check", "a.csv", "--sheet"], "选项 '--sheet' 需要给出值", "Option '--sheet' requires an argument"),
            (["check", "a.csv", "b.csv"], "多余的参数：b.csv", "(b.csv)"),
            (["demo", "--rows", "x"], "'--rows' 的值无效：应为整数", "Invalid value for '--rows'"),
            (["--lang", "zh"], "缺少命令", "缺少命令"),
            (["map", "ws.gpkg"], "缺少参数 '--out'", "Missing option '--out'"),
        ],
    )
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_wrong_use_in_both(self, run, monkeypatch, words, zh, en, lang):
        monkeypatch.setenv("GEOCENSUS_LANG", lang)
        done = run(*words)
        assert done.code == 2
        assert (zh if lang == "zh" else en) in done.err
        assert done.out == ""
        if "--sheet" not in words:  # click does not say which command it was then
            assert ("usage:" in done.err) != ("用法:" in done.err)

    def test_a_group_alone_shows_its_help(self, run):
        done = run("basemap")
        assert done.code == 2
        assert "verify" in done.out
        assert done.err == ""

    def test_an_unknown_language(self, run):
        done = run("check", "a.csv", "--lang", "fr")
        assert done.code == 2
        assert "must be zh or en" in done.err

    @pytest.mark.parametrize(
        "words",
        [["--lang", "zh", "basemap", "list"], ["basemap", "--lang", "zh", "list"], ["basemap", "list", "--lang", "zh"]],
    )
    def test_the_option_stands_anywhere(self, run, words):
        done = run(*words)
        assert done.code == 0
        assert "名称" in done.out
        assert "常山县" in done.out

    @pytest.mark.parametrize(
        ("words", "zh"),
        [
            (["check", "none.csv", "--basemap", "changshan"], "文件不存在"),
            (["check", "none.csv", "--basemap", "none"], "没有名为“none”的底图"),
            (["check", "none.csv", "--workspace", "a.db"], "文件后缀应为 .gpkg"),
            (["check", "none.csv", "--basemap", "changshan", "--out", "a.txt"], "文件后缀应为"),
            (["check", "none.csv", "--basemap", "changshan", "--settings", "none.toml"], "设置文件不存在"),
            (["map", "none.gpkg", "--out", "a.html"], "找不到工作区"),
            (["map", "none.gpkg", "--out", "a.pdf"], "文件后缀应为 .html 或 .png"),
            (["map", "none.gpkg", "--out", "a.png", "--public"], "只用于网页"),
            (["demo", "--rows", "0", "--no-open"], "--rows 0"),
            (["demo", "--basemap", "none", "--no-open"], "没有名为“none”"),
        ],
    )
    def test_errors_in_chinese(self, run, here, words, zh):
        done = run(*words, "--lang", "zh")
        assert done.code == 2
        assert done.err.startswith("错误: ")
        assert zh in done.err
        assert not list(here.iterdir())


class TestConsole:
    @pytest.mark.parametrize("encoding", ["gbk", "ascii", "cp1252", "utf-8"])
    def test_no_console_fails_and_json_stays_json(self, here, world, header, monkeypatch, encoding):
        from geocensus.cli.main import main

        name = "名单 𠀀 é.csv"
        (here / name).write_text(header + "A𠀀,㙍溪 é,118.0105,28.0105,990000000000\n", encoding="utf-8")
        streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
        argv = ["geocensus", "check", name, "--basemap", str(world), "--json", "--lang", "zh"]
        monkeypatch.setattr(sys, "argv", argv)
        monkeypatch.setattr(sys, "stdout", streams[0])
        monkeypatch.setattr(sys, "stderr", streams[1])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        for stream in streams:
            stream.flush()
        out, err = (stream.buffer.getvalue().decode(encoding) for stream in streams)
        assert json.loads(out.splitlines()[-1])["rows"] == 1
        assert ("读入 1 行" in err) == (encoding in {"gbk", "utf-8"})

    def test_a_process_on_a_gbk_console(self, process, here, world, usual):
        (here / "名单 一.csv").write_text(usual, encoding="gbk")
        done = process("check", "名单 一.csv", "--basemap", world, "--json", "--lang", "zh", PYTHONIOENCODING="gbk")
        assert done.returncode == 0
        assert json.loads(done.stdout.decode("gbk").splitlines()[-1])["rows"] == 4
        assert "读入 4 行" in done.stderr.decode("gbk")
        assert "文件编码识别为 gb18030" in done.stderr.decode("gbk")
        assert (here / "名单 一.gpkg").exists()

    def test_help_on_an_ascii_console(self, process):
        done = process("--help", "--lang", "zh", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
        assert done.returncode == 0
        assert b"check" in done.stdout

    def test_paths_with_blanks_chinese_and_marks_that_mean_something_to_the_console(self, run, here, world, usual):
        folder = here / "第 一 批 [red] :bomb:"
        folder.mkdir()
        (folder / "名 单.csv").write_text(usual, encoding="utf-8")
        done = run(
            "check", folder / "名 单.csv", "--basemap", shutil.copy(world, folder / "底 图.gpkg"),
            "--workspace", folder / "工 作.gpkg", "--out", folder / "结 果.xlsx",
        )  # fmt: skip
        assert done.code == 0
        assert str(folder / "工 作.gpkg") in done.out
        assert str(folder / "结 果.xlsx") in done.out
        done = run("map", folder / "工 作.gpkg", "--out", folder / "地 图.html")
        assert done.code == 0
        assert str(folder / "地 图.html") in done.out

    @pytest.mark.skipif(os.name == "nt", reason="names of files are text there")
    def test_a_file_name_in_another_encoding(self, check, here, usual):
        path = here / os.fsdecode("名单.csv".encode("gbk"))
        path.write_text(usual, encoding="utf-8")
        assert check(path, "--workspace", "ws.gpkg", "--out", "result.xlsx").code == 0


class TestInternalError:
    @pytest.fixture
    def broken(self, monkeypatch):
        import geocensus.pipeline.run as module

        def fail(*_arguments, **_options):
            message = "a fault of ours: \udcff"
            raise RuntimeError(message)

        monkeypatch.setattr(module, "run_check", fail)

    def test_it_ends_with_3_and_a_report_instead_of_a_traceback(self, broken, check, here, usual):
        done = check(usual)
        assert done.code == 3
        assert "Traceback" not in done.err
        (report,) = here.glob("geocensus-error-*.txt")
        assert str(report) in done.err
        text = report.read_text(encoding="utf-8")
        assert "geocensus check" in text.splitlines()[0]
        assert "RuntimeError: a fault of ours" in text
        assert "甲厂" not in text

    def test_the_report_goes_elsewhere_where_the_folder_cannot_be_written(
        self, broken, check, here, usual, monkeypatch
    ):
        plain = Path.write_text

        def refuse(path, *rest, **options):
            if path.parent == here and path.name.startswith("geocensus-error"):
                raise PermissionError(13, "read-only")
            return plain(path, *rest, **options)

        other = Path(tempfile.mkdtemp())
        monkeypatch.setattr(Path, "write_text", refuse)
        monkeypatch.setattr(tempfile, "tempdir", str(other))
        assert check(usual).code == 3
        assert len(list(other.glob("geocensus-error-*.txt"))) == 1
        shutil.rmtree(other)

    def test_in_chinese(self, broken, check, usual):
        assert "内部错误，报告已写入" in check(usual, "--lang", "zh").err


class TestMap:
    def test_a_page_a_picture_and_a_public_page(self, check, run, usual, here):
        check(usual)
        for name, options in (("map.html", []), ("public.html", ["--public"]), ("map.png", [])):
            assert run("map", "list.gpkg", "--out", name, *options).code == 0
        assert "甲厂" in (here / "map.html").read_text(encoding="utf-8")
        assert "甲厂" not in (here / "public.html").read_text(encoding="utf-8")
        assert (here / "map.png").read_bytes().startswith(b"\x89PNG")

    def test_what_cannot_be_drawn_or_written(self, check, run, usual, here, world):
        check(usual)
        (here / "text.gpkg").write_text("hello")
        (here / "folder.html").mkdir()
        for words, said in (
            (["text.gpkg", "--out", "a.html"], "is not a workspace"),
            ([world, "--out", "a.html"], "is not a workspace"),
            (["list.gpkg", "--out", "folder.html"], "cannot be written"),
            (["list.gpkg", "--out", "list.csv/a.html"], "cannot be written"),
            (["list.gpkg", "--out", "list.csv/a.png"], "cannot be written"),
        ):
            done = run("map", *words)
            assert (done.code, said in done.err) == (2, True), done.err
        assert not list(here.glob("a.*"))


class TestDemo:
    def test_it_writes_one_workspace_a_page_and_a_result(self, run, here):
        done = run("demo", "--rows", "60", "--no-open", "--out", "out [x]", json_=True)
        assert done.code == 0
        assert done.json["rows"] == 60
        folder = here / "out [x]"
        assert [path.name for path in folder.glob("*.gpkg")] == ["demo.gpkg"]
        assert {"map.html", "result.xlsx"} <= {path.name for path in folder.iterdir()}
        assert str(folder.relative_to(here) / "map.html") in done.err


class TestBasemapList:
    def test_json_has_the_agreed_keys(self, run):
        listed = run("basemap", "list", json_=True).json["basemaps"]
        assert [basemap["name"] for basemap in listed] == ["changshan", "miaoli"]
        assert listed[0]["levels"] == {"county": 1, "township": 14, "village": 198}
        keys = {"name", "root", "levels", "code_system", "code_year", "licence", "schematic"}
        assert all(keys <= set(basemap) for basemap in listed)
        assert [basemap["root"] for basemap in listed] == ["330822", "10005"]
