"""What mkdocs calls while it makes the site: generated pages come in, links are rewritten."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.site.dialect import translate
from docs.site.links import PROJECT_PAGES, ROOT, repository_path, rewrite
from docs.site.reference import REFERENCE
from docs.site.source_pages import source_pages, source_styles


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what does not lie in docs/: pages of the project, the reference, linked files."""
    for path in PROJECT_PAGES:
        _add(files, config, f"project/{path}", (ROOT / path).read_text("utf-8"))
    linked: set[str] = set()
    for file in files.documentation_pages():
        rewrite(file.content_string, repository_path(file.src_uri), linked.add)
    for uri, make in REFERENCE.items():
        _add(files, config, uri, make())
    for uri, content in source_pages(linked).items():
        _add(files, config, uri, content)
    _add(files, config, "assets/source.css", source_styles())
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links of the site in place of those of the repository, in the site's dialect."""
    uri = page.file.src_uri
    if uri in REFERENCE:
        return markdown
    return translate(rewrite(markdown, repository_path(uri)))


def _add(files: Files, config: MkDocsConfig, uri: str, content: str) -> None:
    files.append(File.generated(config, uri, content=content))
