# docker build -t pause-me .   (after make)
FROM scratch
COPY build/pause /pause
USER 65535:65535
ENTRYPOINT ["/pause"]
