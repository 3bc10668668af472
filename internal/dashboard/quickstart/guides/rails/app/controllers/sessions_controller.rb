class SessionsController < ApplicationController
  def show
    if session[:person]
      render plain: "Signed in as #{session[:person]}"
    else
      render inline: '<%= button_to "Sign in", "/auth/clientele", data: { turbo: false } %>'
    end
  end

  def create
    signed_in = request.env["omniauth.auth"]
    reset_session
    session[:person] = signed_in.info.email
    redirect_to root_path
  end

  def destroy
    reset_session
    redirect_to root_path
  end
end
